#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
compare.py STREAMS FOLDER: hold the decoder against an independent reading of every .dtb below FOLDER

STREAMS is the program of tests/dtb/streams.c. The other reading starts from the text that
`dtc -O dts` makes of the blob and shares no code with the decoder. Prints each difference; exit status 1
where there is one, 77 (skipped) where FOLDER has no .dtb.
"""
import pathlib
import re
import subprocess
import sys

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"{};=<>\[\]]+|[{};=<>\[\]]')
ESCAPES = {'n': b'\n', 't': b'\t', 'r': b'\r', 'a': b'\a', 'b': b'\b', 'v': b'\v', 'f': b'\f'}
SMMU = {'arm,smmu-v1', 'arm,smmu-v2', 'arm,mmu-400', 'arm,mmu-401', 'arm,mmu-500',
        'cavium,smmu-v2', 'nvidia,smmu-500', 'qcom,smmu-v2'}


class Node:
    def __init__(self, path, parent):
        self.path, self.parent, self.properties = path, parent, {}

    def cells(self, name):
        value = self.properties.get(name)
        if value is None or len(value) % 4:
            return None
        return [int.from_bytes(value[i:i + 4], 'big') for i in range(0, len(value), 4)]

    def cell(self, name, default=None):
        cells = self.cells(name)
        return cells[0] if cells else default

    def strings(self, name):
        return [part.decode('latin-1') for part in self.properties.get(name, b'').split(b'\0')[:-1]]

    def enabled(self):
        status = self.strings('status') if 'status' in self.properties else ['okay']
        return status[:1] in (['okay'], ['ok']) and (not self.parent or self.parent.enabled())


def string_bytes(token):
    def replace(match):
        code = match.group(1)
        if code.startswith(b'x'):
            return bytes([int(code[1:], 16)])
        if code.isdigit():
            return bytes([int(code, 8)])
        return ESCAPES.get(code.decode(), code)
    raw = token[1:-1].encode('latin-1')
    return re.sub(rb'\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)', replace, raw) + b'\0'


def parse_value(tokens, at):
    value, mode = b'', None
    while tokens[at] != ';':
        token = tokens[at]
        if token in '<[':
            mode = token
        elif token in '>]':
            mode = None
        elif token.startswith('"'):
            value += string_bytes(token)
        elif mode == '<':
            value += int(token, 0).to_bytes(4, 'big')
        elif mode == '[':
            value += bytes.fromhex(token)
        at += 1
    return value, at + 1


def parse(text):
    """Nodes in the order of the tree."""
    text = re.sub(r'^/dts-v1/;|/memreserve/[^;]*;', '', text, flags=re.M)
    tokens = TOKEN.findall(text)
    nodes, open_nodes, at = [], [], 0
    while at < len(tokens):
        token = tokens[at]
        if token == '}':
            open_nodes.pop()
            at += 2
        elif tokens[at + 1] == '{':
            parent = open_nodes[-1] if open_nodes else None
            path = '/' if not parent else parent.path.rstrip('/') + '/' + token
            node = Node(path, parent)
            nodes.append(node)
            open_nodes.append(node)
            at += 2
        elif tokens[at + 1] == '=':
            value, at = parse_value(tokens, at + 2)
            open_nodes[-1].properties[token] = value
        else:
            open_nodes[-1].properties[token] = b''
            at += 2
    return nodes


def identify(iommu, spec):
    """(id, mask) as text."""
    if SMMU & set(iommu.strings('compatible')):
        mask = spec[1] if len(spec) > 1 else iommu.cell('stream-match-mask', 0)
        return (hex(spec[0] & 0xffff), hex(mask & 0xffff)) if spec else ('-', '-')
    return (hex(spec[0]), '0x0') if len(spec) == 1 else ('-', '-')


def line(source, device, iommu, spec, extra, note=''):
    return '\t'.join([source, device.path, 'yes' if device.enabled() else 'no', iommu.path,
                      ','.join(map(hex, spec)) or '-', *identify(iommu, spec), *extra, note + '-'])


class Misread(Exception):
    """The cells are no map of that form."""


def map_entries(cells, by_phandle, cells_of):
    """(rid base, IOMMU, output cells, length) of an iommu-map; cells_of: how many output cells a target has."""
    entries, at = [], 0
    while at < len(cells):
        if len(cells) - at < 3 or cells[at + 1] not in by_phandle:
            raise Misread
        iommu = by_phandle[cells[at + 1]]
        count = cells_of(iommu)
        if len(cells) - at < 3 + count or (count > 1 and cells[at + 2 + count] > 1):
            raise Misread
        entries.append((cells[at], iommu, cells[at + 2:at + 2 + count], cells[at + 2 + count]))
        at += 3 + count
    return entries


def one_cell(iommu):
    return 1


def cells_of_target(iommu):
    return iommu.cell('#iommu-cells', 1)


def map_lines(node, by_phandle):
    """
    Kernels read an entry in two ways: with one output cell (up to 7.0), or with as many as #iommu-cells of its target
    says, unless the map has the form that old trees have for two cells (Linux 7.3, drivers/of/base.c).
    """
    cells = node.cells('iommu-map') or []
    mask = hex(node.cell('iommu-map-mask', 0xffffffff))
    old_form = len(cells) % 4 == 0 and len(set(cells[1::4])) == 1 and set(cells[3::4]) == {1}
    readings = []
    for cells_of in (one_cell, one_cell if old_form else cells_of_target):
        try:
            readings.append(map_entries(cells, by_phandle, cells_of))
        except Misread:
            readings.append(None)
    entries = readings[0] or readings[1] or []
    note = '' if readings[0] == readings[1] else 'readings-disagree '
    for base, iommu, out, length in entries:
        yield line('iommu-map', node, iommu, out, [hex(base), hex(length), mask], note)


def expected(nodes):
    by_phandle = {}
    for node in nodes:
        handle = node.cell('phandle', node.cell('linux,phandle'))
        if handle is not None:
            by_phandle.setdefault(handle, node)
    pamus = [node for node in nodes if 'fsl,pamu' in node.strings('compatible')]
    for node in nodes:
        cells = node.cells('iommus') or []
        while cells:
            iommu = by_phandle[cells[0]]
            count = iommu.cell('#iommu-cells')
            yield line('iommus', node, iommu, cells[1:1 + count], ['-'] * 3)
            cells = cells[1 + count:]
        yield from map_lines(node, by_phandle)
        cells = node.cells('mmu-masters') or []
        while cells:
            master = by_phandle[cells[0]]
            count = master.cell('#stream-id-cells')
            for sid in cells[1:1 + count]:
                yield '\t'.join(['mmu-masters', master.path, 'yes' if master.enabled() else 'no',
                                 node.path, hex(sid), hex(sid & 0xffff), hex(sid >> 16),
                                 '-', '-', '-', '-'])
            cells = cells[1 + count:]
        for liodn in node.cells('fsl,liodn') or [] if pamus else []:
            yield line('fsl,liodn', node, pamus[0], [liodn], ['-'] * 3)


def run(*command):
    return subprocess.run(command, check=True, capture_output=True).stdout.decode('latin-1')


def main():
    streams, folder = sys.argv[1:]
    blobs = sorted(pathlib.Path(folder).resolve().rglob('*.dtb'))
    if not blobs:
        print(f'{folder}: no .dtb')
        return 77
    total = naming = different = 0
    for blob in blobs:
        ours = run(streams, str(blob)).splitlines()
        theirs = list(expected(parse(run('dtc', '-q', '-I', 'dtb', '-O', 'dts', str(blob)))))
        total += len(theirs)
        naming += bool(theirs)
        if ours != theirs:
            different += 1
            print(f'{blob}: {len(ours)} streams, expected {len(theirs)}')
            for mine, other in zip(ours + ['-'] * len(theirs), theirs + ['-'] * len(ours)):
                if mine != other:
                    print(f'  ours     {mine}\n  expected {other}')
                    break
    print(f'{len(blobs)} blobs, {naming} with streams, {total} streams, {different} blobs differ')
    return 1 if different else 0


if __name__ == '__main__':
    sys.exit(main())

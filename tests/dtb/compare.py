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


def line(source, device, iommu, spec, extra):
    return '\t'.join([source, device.path, 'yes' if device.enabled() else 'no', iommu.path,
                      ','.join(map(hex, spec)) or '-', *identify(iommu, spec), *extra, '-'])


def expected(nodes):
    by_phandle = {}
    for node in nodes:
        handle = node.cell('phandle', node.cell('linux,phandle'))
        if handle is not None:
            by_phandle.setdefault(handle, node)
    for node in nodes:
        cells = node.cells('iommus') or []
        while cells:
            iommu = by_phandle[cells[0]]
            count = iommu.cell('#iommu-cells')
            yield line('iommus', node, iommu, cells[1:1 + count], ['-'] * 3)
            cells = cells[1 + count:]
        cells = node.cells('iommu-map') or []
        mask = hex(node.cell('iommu-map-mask', 0xffffffff))
        for at in range(0, len(cells), 4):
            base, handle, out, length = cells[at:at + 4]
            yield line('iommu-map', node, by_phandle[handle], [out],
                       [hex(base), hex(length), mask])
        cells = node.cells('mmu-masters') or []
        while cells:
            master = by_phandle[cells[0]]
            count = master.cell('#stream-id-cells')
            for sid in cells[1:1 + count]:
                yield '\t'.join(['mmu-masters', master.path, 'yes' if master.enabled() else 'no',
                                 node.path, hex(sid), hex(sid & 0xffff), hex(sid >> 16),
                                 '-', '-', '-', '-'])
            cells = cells[1 + count:]


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

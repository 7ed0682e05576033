/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/guest_file.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>

/* A tag of XML. @ends: "</name>"     @is_empty: "<name/>" */
struct tag {
	struct span name, attributes;
	bool ends, is_empty;
};

static void drop(struct span *rest, size_t length)
{
	rest->start += length;
	rest->length -= length;
}

/* Drop @rest up to the end of the first @text in it, or all of it. */
static void drop_through(struct span *rest, const char *text)
{
	const char *at = memmem(rest->start, rest->length, text, strlen(text));

	drop(rest, at ? (size_t)(at - rest->start) + strlen(text) : rest->length);
}

static bool begins(struct span text, const char *prefix)
{
	return text.length >= strlen(prefix) && memcmp(text.start, prefix, strlen(prefix)) == 0;
}

/* Drop a comment or the like, whose text is no tag even if it looks like one. */
static bool drop_other_markup(struct span *rest)
{
	static const struct {
		const char *start, *end;
	} kinds[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!begins(*rest, kinds[i].start))
			continue;
		drop_through(rest, kinds[i].end);
		return true;
	}
	return false;
}

static size_t count_while(struct span text, bool (*is_of)(char c))
{
	size_t length = 0;

	while (length < text.length && is_of(text.start[length]))
		length++;
	return length;
}

static bool is_xml_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_of_name(char c)
{
	return !is_xml_blank(c) && c != '=' && c != '/' && c != '>';
}

/* The length of a tag up to its '>': such a character may also stand in a quoted value. */
static size_t tag_length(struct span text)
{
	const char *quote = NULL;
	size_t length = 0;

	for (; length < text.length && (quote || text.start[length] != '>'); length++) {
		const char *at = text.start + length;

		if (quote)
			quote = *at == *quote ? NULL : quote;
		else if (*at == '"' || *at == '\'')
			quote = at;
	}
	return length;
}

/* Read the text of the next tag, without '<', up to its '>'; false where it has none. */
static bool read_tag_text(struct span *rest, struct span *ret_text)
{
	for (;;) {
		const char *at = rest->length ? memchr(rest->start, '<', rest->length) : NULL;

		drop(rest, at ? (size_t)(at - rest->start) : rest->length);
		if (!at)
			return false;
		if (!drop_other_markup(rest))
			break;
	}
	drop(rest, 1);
	*ret_text = (struct span){rest->start, tag_length(*rest)};
	drop(rest, ret_text->length);
	return rest->length;
}

static bool read_tag(struct span *rest, struct tag *ret_tag)
{
	struct span text;

	if (!read_tag_text(rest, &text))
		return false;
	*ret_tag = (struct tag){
		.ends = begins(text, "/"),
		.is_empty = text.length && text.start[text.length - 1] == '/',
	};
	if (ret_tag->ends)
		drop(&text, 1);
	ret_tag->name = (struct span){text.start, count_while(text, is_of_name)};
	drop(&text, ret_tag->name.length);
	ret_tag->attributes = text;
	return true;
}

/* Read "name='value'"; false where the rest is none. */
static bool read_attribute(struct span *rest, struct span *ret_name, struct span *ret_value)
{
	const char *end;
	char quote = '\0';

	drop(rest, count_while(*rest, is_xml_blank));
	*ret_name = (struct span){rest->start, count_while(*rest, is_of_name)};
	drop(rest, ret_name->length);
	drop(rest, count_while(*rest, is_xml_blank));
	if (!begins(*rest, "="))
		return false;
	drop(rest, 1);
	drop(rest, count_while(*rest, is_xml_blank));
	if (rest->length)
		quote = *rest->start;
	if (quote != '\'' && quote != '"')
		return false;
	drop(rest, 1);
	end = memchr(rest->start, quote, rest->length);
	if (!end)
		return false;
	*ret_value = (struct span){rest->start, (size_t)(end - rest->start)};
	drop(rest, ret_value->length + 1);
	return true;
}

/* The value of an attribute; {NULL, 0} where the tag has none of that name. */
static struct span attribute_of(const struct tag *tag, const char *name)
{
	struct span rest = tag->attributes, found, value;

	while (read_attribute(&rest, &found, &value))
		if (span_is(found, name))
			return value;
	return (struct span){0};
}

static bool has_value(const struct tag *tag, const char *attribute, const char *value)
{
	return span_is(attribute_of(tag, attribute), value);
}

/* A number as libvirt reads it, "0x1f" or "31"; false above @most. Without the attribute it is 0.
 */
static bool read_place_number(const struct tag *tag, const char *attribute, uint64_t most,
			      uint64_t *ret_number)
{
	struct span value = attribute_of(tag, attribute);
	bool is_hex = begins(value, "0x");

	*ret_number = 0;
	if (!value.start)
		return true;
	if (is_hex)
		drop(&value, 2);
	return span_take_number(&value, is_hex ? 16 : 10, ret_number) && !value.length &&
	       *ret_number <= most;
}

/* The limits are those of libvirt (virPCIDeviceAddressIsValid); "0000:00:00" is no device to it. */
static bool parse_place(const struct tag *tag, struct pci_name *ret_name)
{
	enum { BUS_MAX = 0xff, SLOT_MAX = 0x1f, FUNCTION_MAX = 7 };
	struct span type = attribute_of(tag, "type");
	uint64_t domain, bus, slot, function;

	if ((type.start && !span_is(type, "pci")) ||
	    !read_place_number(tag, "domain", UINT32_MAX, &domain) ||
	    !read_place_number(tag, "bus", BUS_MAX, &bus) ||
	    !read_place_number(tag, "slot", SLOT_MAX, &slot) ||
	    !read_place_number(tag, "function", FUNCTION_MAX, &function) ||
	    !(domain || bus || slot))
		return false;
	*ret_name =
		(struct pci_name){(uint32_t)domain, (uint8_t)bus, (uint8_t)slot, (uint8_t)function};
	return true;
}

static bool is_of_module_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* The driver that <driver> names: by its module, or by a word of libvirt for one. */
static struct span driver_of(const struct tag *tag)
{
	static const struct {
		const char *word, *driver;
	} words[] = {{"kvm", "pci-stub"}, {"xen", "pciback"}};
	struct span model = attribute_of(tag, "model");

	if (model.length && count_while(model, is_of_module_name) == model.length)
		return model;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (has_value(tag, "name", words[i].word))
			return (struct span){words[i].driver, strlen(words[i].driver)};
	return (struct span){0};
}

/* Whether an element is about a device of the machine. */
static bool describes_host_device(const struct tag *tag)
{
	if (tag->ends || tag->is_empty)
		return false;
	return (span_is(tag->name, "hostdev") && has_value(tag, "type", "pci")) ||
	       (span_is(tag->name, "interface") && has_value(tag, "type", "hostdev")) ||
	       (span_is(tag->name, "disk") && has_value(tag, "type", "nvme"));
}

static bool same_span(struct span one, struct span other)
{
	return one.length == other.length && memcmp(one.start, other.start, one.length) == 0;
}

/*
 * Read the element that @start begins. The address in <source> is the machine's, the other one is
 * the guest's. A disk is managed by its <source>.
 */
static bool read_element(struct span *rest, const struct tag *start,
			 struct guest_device *ret_device)
{
	bool managed = has_value(start, "managed", "yes"), in_source = false, found = false;
	struct tag tag;

	ret_device->driver = (struct span){0};
	while (read_tag(rest, &tag)) {
		if (tag.ends && same_span(tag.name, start->name))
			return managed && found;
		if (span_is(tag.name, "source")) {
			in_source = !tag.ends && !tag.is_empty;
			managed |= has_value(&tag, "managed", "yes");
		} else if (in_source && span_is(tag.name, "address")) {
			found = parse_place(&tag, &ret_device->name);
		} else if (!in_source && span_is(tag.name, "driver") && !tag.ends) {
			ret_device->driver = driver_of(&tag);
		}
	}
	return false;
}

bool guest_file_next(struct span *rest, struct guest_device *ret_device)
{
	struct guest_device device;
	struct tag tag;

	while (read_tag(rest, &tag)) {
		if (!describes_host_device(&tag) || !read_element(rest, &tag, &device))
			continue;
		*ret_device = device;
		return true;
	}
	return false;
}

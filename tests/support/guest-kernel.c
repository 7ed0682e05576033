/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest-kernel - a kernel for a guest of a virtual machine: it looks for a network card (Intel
 * 82574), sends a request by it, waits for the answer, prints a line, and ends its machine
 *
 *	card 52:54:00:12:34:56 is answered
 *
 * Emulated by a guest that is emulated, Linux needs far more than five minutes. There is no paging
 * and no interrupt; QEMU loads it as a multiboot kernel. The registers are those of the 82574 GbE
 * Controller Family Datasheet, chapter 10; the router is that of QEMU's user networking.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static uint8_t stack[16384] __attribute__((used, aligned(16)));

__asm__(".text\n"
	".long 0x1badb002, 0, -0x1badb002\n" /* the Multiboot Specification, 3.1 */
	".global _start\n"
	"_start: mov $stack + 16384, %esp\n"
	"call run_kernel\n");

enum {
	PORT_SERIAL = 0x3f8,
	PORT_CONFIG_ADDRESS = 0xcf8,
	PORT_CONFIG_DATA = 0xcfc,
	PORT_POWER = 0x604, /* of QEMU's q35 */
	POWER_OFF = 0x2000,

	CONFIG_ID = 0,
	CONFIG_COMMAND = 4,
	CONFIG_BAR = 0x10,
	COMMAND_MEMORY_AND_MASTER = 6,
	CARD_ID = 0x10d38086,
	BUSES = 4,

	REGISTER_RCTL = 0x100,
	RCTL_ON_FOR_ALL = 0x801a, /* enabled, promiscuous, and broadcasts */
	REGISTER_TCTL = 0x400,
	TCTL_ON = 2,
	REGISTER_RX = 0x2800, /* a ring: low and high address, length, head at 0x10, tail at 0x18 */
	REGISTER_TX = 0x3800,
	REGISTER_ADDRESS = 0x5400,

	COMMAND_WHOLE_PACKET = 0x0b000000, /* end of packet, checksum, report */
	STATUS_DONE = 1,
	RING_SLOTS = 8,
	PACKET_SIZE = 60,
	BUFFER_SIZE = 2048,
	PATIENCE = 20000000,
};

/* A legacy descriptor. @length: in the upper half the command or checksum */
struct slot {
	uint32_t address, address_high, length, status;
};

static struct slot received[RING_SLOTS] __attribute__((aligned(128)));
static struct slot sent[RING_SLOTS] __attribute__((aligned(128)));
static uint8_t buffers[RING_SLOTS][BUFFER_SIZE], packet[PACKET_SIZE];
static const uint8_t router[] = {10, 0, 2, 2}, own[] = {10, 0, 2, 15};

static void write_port(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static uint32_t read_port(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void print_letter(char letter)
{
	__asm__ volatile("outb %0, %1" : : "a"(letter), "Nd"((uint16_t)PORT_SERIAL));
}

static void print_words(const char *words)
{
	while (*words)
		print_letter(*words++);
}

static void print_address(const uint8_t *address)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < 6; i++) {
		if (i)
			print_letter(':');
		print_letter(digits[address[i] >> 4]);
		print_letter(digits[address[i] & 15]);
	}
}

static void choose_config(unsigned function, unsigned place)
{
	write_port(PORT_CONFIG_ADDRESS, 0x80000000 | function << 8 | place);
}

static uint32_t read_config(unsigned function, unsigned place)
{
	choose_config(function, place);
	return read_port(PORT_CONFIG_DATA);
}

/* The registers of the card, with its memory and its DMA switched on; NULL: there is no card. */
static volatile uint8_t *find_card(void)
{
	for (unsigned function = 0; function < BUSES * 256; function++) {
		if (read_config(function, CONFIG_ID) != CARD_ID)
			continue;
		choose_config(function, CONFIG_COMMAND);
		write_port(PORT_CONFIG_DATA, COMMAND_MEMORY_AND_MASTER);
		return (volatile uint8_t *)(read_config(function, CONFIG_BAR) & ~15U);
	}
	return NULL;
}

static volatile uint32_t *card_register(volatile uint8_t *card, unsigned place)
{
	return (volatile uint32_t *)(card + place);
}

static void set_ring(volatile uint8_t *card, unsigned place, const struct slot *ring)
{
	*card_register(card, place) = (uint32_t)ring;
	*card_register(card, place + 4) = 0;
	*card_register(card, place + 8) = RING_SLOTS * sizeof(*ring);
}

static void copy_bytes(uint8_t *to, const uint8_t *from, size_t count)
{
	while (count--)
		*to++ = *from++;
}

/* The address of the card, in the order of its bytes. */
static void read_address(volatile uint8_t *card, uint8_t *ret_address)
{
	uint32_t low = *card_register(card, REGISTER_ADDRESS);
	uint32_t high = *card_register(card, REGISTER_ADDRESS + 4);

	for (int i = 0; i < 6; i++)
		ret_address[i] = (uint8_t)((i < 4 ? low : high) >> i % 4 * 8);
}

/* A request for the address of the router: RFC 826 */
static void write_request(const uint8_t *address)
{
	static const uint8_t kind[] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1};

	for (int i = 0; i < 6; i++)
		packet[i] = 0xff;
	copy_bytes(packet + 6, address, 6);
	copy_bytes(packet + 12, kind, sizeof(kind));
	copy_bytes(packet + 22, address, 6);
	copy_bytes(packet + 28, own, sizeof(own));
	copy_bytes(packet + 38, router, sizeof(router));
}

static bool is_answer(const uint8_t *buffer)
{
	bool is_router = true;

	for (size_t i = 0; i < sizeof(router); i++)
		is_router &= buffer[28 + i] == router[i];
	return is_router && buffer[12] == 8 && buffer[13] == 6 && buffer[21] == 2;
}

static bool is_answered(void)
{
	volatile struct slot *slots = received;

	for (unsigned tries = 0; tries < PATIENCE; tries++)
		for (int i = 0; i < RING_SLOTS; i++)
			if (slots[i].status & STATUS_DONE && is_answer(buffers[i]))
				return true;
	return false;
}

static bool send_request(volatile uint8_t *card, const uint8_t *address)
{
	write_request(address);
	for (int i = 0; i < RING_SLOTS; i++)
		received[i].address = (uint32_t)buffers[i];
	sent[0].address = (uint32_t)packet;
	sent[0].length = COMMAND_WHOLE_PACKET | PACKET_SIZE;
	set_ring(card, REGISTER_RX, received);
	set_ring(card, REGISTER_TX, sent);
	*card_register(card, REGISTER_RCTL) = RCTL_ON_FOR_ALL;
	*card_register(card, REGISTER_RX + 0x18) = RING_SLOTS - 1;
	*card_register(card, REGISTER_TCTL) = TCTL_ON;
	*card_register(card, REGISTER_TX + 0x18) = 1;
	return is_answered();
}

void run_kernel(void);
void run_kernel(void)
{
	volatile uint8_t *card = find_card();
	uint8_t address[6];

	if (card) {
		read_address(card, address);
		print_words("card ");
		print_address(address);
		print_words(send_request(card, address) ? " is answered\n" : " is not answered\n");
	} else {
		print_words("no card\n");
	}
	__asm__ volatile("outw %0, %1" : : "a"((uint16_t)POWER_OFF), "Nd"((uint16_t)PORT_POWER));
	for (;;)
		__asm__ volatile("hlt");
}

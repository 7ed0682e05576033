/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture blanks credentials in texts that may hold them. */
#include "capture/secrets.h"
#include "support/check.h"

#include <string.h>

typedef struct span blanker(struct span text, struct arena *arena);

static void assert_blanked(blanker *blank, const char *text, const char *expected)
{
	_autoarena_ struct arena *arena = arena_new();
	struct span blanked = blank((struct span){text, strlen(text)}, arena);

	assert_int_equal(blanked.length, strlen(expected));
	assert_string_equal(blanked.start, expected);
}

static void credentials_on_the_command_line_are_blanked(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{"systemd.set_credential=passwd.hashed-password.root:hunter2",
		 "systemd.set_credential=***"},
		{"systemd.set_credential_binary=a:aHVudGVy", "systemd.set_credential_binary=***"},
		{"rd.luks.key=/hunter2:LABEL=x", "rd.luks.key=***"},
		{"luks.key=/k cryptkey=rootfs:/k", "luks.key=*** cryptkey=***"},
		{"rd.iscsi.username=joe rd.iscsi.password=p",
		 "rd.iscsi.username=*** rd.iscsi.password=***"},
		{"rd.iscsi.in.username=joe rd.iscsi.in.password=p",
		 "rd.iscsi.in.username=*** rd.iscsi.in.password=***"},
		{"netroot=iscsi:joe:p:x:y@192.0.2.1::3260::iqn.a",
		 "netroot=iscsi:***@192.0.2.1::3260::iqn.a"},
		{"root=cifs://joe:p@server/share", "root=cifs://***@server/share"},
		{"inst.ks=https://joe:p@host/ks", "inst.ks=https://***@host/ks"},
		{"inst.vncpassword=p passwd/root-password-crypted=x",
		 "inst.vncpassword=*** passwd/root-password-crypted=***"},
		{"inst.rootpw=p my-token=x wifi.psk=y",
		 "inst.rootpw=*** my-token=*** wifi.psk=***"},
		{"a.password=\"two words\" quiet", "a.password=*** quiet"},
		{"\"a.password=two words\" quiet", "\"a.password=*** quiet"},
		{"PASSWORD=x", "PASSWORD=***"},
		{"pass=x auth=joe:p db_pwd=x", "pass=*** auth=*** db_pwd=***"},
		{"dm-mod.create=\"root,,,ro,0 8 crypt aes-xts-plain64 01ab 0 8:1 0\" ro",
		 "dm-mod.create=*** ro"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_blanked(secrets_blank_words, cases[i].text, cases[i].expected);
}

static void other_parameters_stay_as_they_are(void **state)
{
	static const char *const same[] = {
		"BOOT_IMAGE=/vmlinuz root=UUID=1-2 ro quiet intel_iommu=on iommu=pt\n",
		"iommu.passthrough=1 author=x vfio-pci.ids=8086:10d3,1af4:1041 rd.luks.uuid=luks-1",
		"ip=dhcp nfsroot=192.0.2.1:/x console=ttyS0,115200 vconsole.keymap=de",
		"a=b@c",
		"a=https://host/joe@x",
		"a=joe@host/x://y",
		"a=https://host",
		"",
		" \t\n",
		"options vfio_pci ids=8086:10d3 disable_vga=1\nblacklist nouveau\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		assert_blanked(secrets_blank_words, same[i], same[i]);
}

static void a_nul_ends_a_word(void **state)
{
	static const char text[] = "quiet\0a.password=x\0quiet";
	_autoarena_ struct arena *arena = arena_new();
	struct span blanked = secrets_blank_words((struct span){text, sizeof(text) - 1}, arena);

	assert_int_equal(blanked.length, sizeof("quiet\0a.password=***\0quiet") - 1);
	assert_memory_equal(blanked.start, "quiet\0a.password=***\0quiet", blanked.length);
}

static void mounts_keep_what_tells_the_device(void **state)
{
	static const char *const same[] = {
		"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
		"36 35 0:24 / / rw - overlay overlay rw,lowerdir=/a:/b,upperdir=/c\n",
		"36 35 0:24 / /srv rw shared:1 - virtiofs share rw",
		"36 35 0:24 / /srv rw - ext4 /dev/disk/by-path/pci:/x rw\n",
		"36 35 0:24 / /srv rw - tmpfs t rw\n",
		"36 35 0:24 / /srv rw - - - rw\n",
		"no mountinfo",
		"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		assert_blanked(secrets_blank_mounts, same[i], same[i]);
}

static void mounts_of_the_network_lose_users_and_addresses(void **state)
{
	assert_blanked(secrets_blank_mounts,
		       "50 1 0:44 / /srv rw - cifs //192.0.2.7/share "
		       "rw,username=joe,domain=X,password=p,addr=192.0.2.7,uid=0\n",
		       "50 1 0:44 / /srv rw - cifs //***/share "
		       "rw,username=***,domain=***,password=***,addr=***,uid=0\n");
	assert_blanked(secrets_blank_mounts,
		       "50 1 0:44 / /srv rw shared:7 - nfs4 192.0.2.7:/export "
		       "rw,vers=4.2,clientaddr=192.0.2.8,addr=192.0.2.7\n",
		       "50 1 0:44 / /srv rw shared:7 - nfs4 ***:/export "
		       "rw,vers=4.2,clientaddr=***,addr=***\n");
	assert_blanked(secrets_blank_mounts,
		       "50 1 0:44 / /home rw - fuse.sshfs joe@host:/home rw,user_id=0\n",
		       "50 1 0:44 / /home rw - fuse.sshfs ***:/home rw,user_id=0\n");
}

static void uevents_lose_serial_numbers(void **state)
{
	assert_blanked(secrets_blank_uevent,
		       "DRIVER=hid-generic\nHID_ID=0003:0000046D:0000C52B\nHID_UNIQ=4071-ab\n",
		       "DRIVER=hid-generic\nHID_ID=0003:0000046D:0000C52B\nHID_UNIQ=***\n");
	assert_blanked(secrets_blank_uevent, "MAJOR=259\nMINOR=0\nDEVNAME=nvme0n1\nDEVTYPE=disk\n",
		       "MAJOR=259\nMINOR=0\nDEVNAME=nvme0n1\nDEVTYPE=disk\n");
	assert_blanked(secrets_blank_uevent, "NVME_TRTYPE=tcp\nNVME_TRADDR=192.0.2.7\n",
		       "NVME_TRTYPE=tcp\nNVME_TRADDR=***\n");
}

UNIT(secrets)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_on_the_command_line_are_blanked),
		cmocka_unit_test(other_parameters_stay_as_they_are),
		cmocka_unit_test(a_nul_ends_a_word),
		cmocka_unit_test(mounts_keep_what_tells_the_device),
		cmocka_unit_test(mounts_of_the_network_lose_users_and_addresses),
		cmocka_unit_test(uevents_lose_serial_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

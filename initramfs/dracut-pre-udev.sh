#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# dracut sources this file, and the script ends its shell: it gets one of its own.
sh /usr/lib/iommuctl/early-pins

# SPDX-License-Identifier: GPL-2.0-or-later
# Builds for arm64 on another machine. IOMMUCTL_SYSROOT is a folder that Debian's arm64 packages were unpacked into;
# tests/vm/cross-build makes one and uses it.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_SYSROOT "${IOMMUCTL_SYSROOT}")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES IOMMUCTL_SYSROOT)

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${IOMMUCTL_SYSROOT}")
set(ENV{PKG_CONFIG_LIBDIR}
	"${IOMMUCTL_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${IOMMUCTL_SYSROOT}/usr/share/pkgconfig")

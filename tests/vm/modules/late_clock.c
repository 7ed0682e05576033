// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * late_clock - the driver of the clock that the devicetrees of tests/vm/devicetree call
 * "example,absent-clock". Loading it ends all waits for that clock, live.
 */
#include <linux/clk-provider.h>
#include <linux/err.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static int late_clock_probe(struct platform_device *device)
{
	struct clk_hw *clock = devm_clk_hw_register_fixed_rate(&device->dev, "late-clock", NULL, 0,
							       24 * 1000 * 1000);

	if (IS_ERR(clock))
		return PTR_ERR(clock);
	return devm_of_clk_add_hw_provider(&device->dev, of_clk_hw_simple_get, clock);
}

static const struct of_device_id late_clock_nodes[] = {{.compatible = "example,absent-clock"}, {}};
MODULE_DEVICE_TABLE(of, late_clock_nodes);

static struct platform_driver late_clock_driver = {
	.probe = late_clock_probe,
	.driver =
		{
			.name = "late-clock",
			.of_match_table = late_clock_nodes,
		},
};
module_platform_driver(late_clock_driver);

MODULE_DESCRIPTION("A clock that comes late");
MODULE_LICENSE("GPL");

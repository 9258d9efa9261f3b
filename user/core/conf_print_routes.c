/* SPDX-License-Identifier: GPL-2.0-only */
/* The printed config's routes. */
#include "core/conf_printer.h"

static void print_route(struct printer *p, const struct route *r)
{
	static const char *const types[] = {
		[ROUTE_UNICAST] = NULL,
		[ROUTE_BLACKHOLE] = "blackhole",
		[ROUTE_UNREACHABLE] = "unreachable",
		[ROUTE_PROHIBIT] = "prohibit",
	};
	char text[ADDR_PRINT_SIZE + 4];

	printer_start(p);
	printer_add(p, types[r->type]);
	printer_add_text(p, "%s", prefix_print(&r->to, text, sizeof(text)));
	if (r->has_gateway)
		printer_add_text(p, "via %s",
				 addr_print(&r->gateway, text, sizeof(text)));
	printer_add(p, r->dev ? "dev" : NULL);
	printer_add(p, r->dev);
	if (r->has_source)
		printer_add_text(p, "src %s",
				 addr_print(&r->source, text, sizeof(text)));
	if (r->metric)
		printer_add_text(p, "metric %u", r->metric);
	if (r->table)
		printer_add_text(p, "table %u", r->table);
	if (r->mtu)
		printer_add_text(p, "mtu %u", r->mtu);
	if (r->has_scope)
		printer_add_text(p, "scope %u", r->scope);
	printer_add(p, r->on_link ? "onlink" : NULL);
	printer_finish(p);
}

void conf_print_routes(struct printer *p, const char *keyword,
		       const struct conf_route *routes, size_t n)
{
	if (!n)
		return;
	printer_begin(p, "%s", keyword);
	for (size_t i = 0; i < n; i++)
		print_route(p, &routes[i].route);
	printer_end(p);
}

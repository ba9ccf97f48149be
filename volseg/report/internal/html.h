// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace volseg::report::internal {

/// Text that is safe between tags and inside quoted attributes.
[[nodiscard]] std::string escape_html(std::string_view text);

/// Standard base64 with padding.
[[nodiscard]] std::string base64(std::span<const std::byte> bytes);

/// A table cell; its text is escaped. Numbers are aligned to the right.
struct Cell {
  std::string text;
  bool number = false;
};

/// A table whose columns sort at a click on their heading. Texts are escaped.
/// @param foot  rows that stay below the others
[[nodiscard]] std::string html_table(const std::vector<std::string>& headings,
                                     const std::vector<std::vector<Cell>>& rows,
                                     const std::vector<std::vector<Cell>>& foot = {});

/// RGB as CSS writes it.
[[nodiscard]] std::string css_color(const std::array<uint8_t, 3>& color);

/// One entry of a legend.
struct ColorKey {
  std::string name;
  std::array<uint8_t, 3> color{};
};

/// A legend in one or more lines. Names are escaped.
[[nodiscard]] std::string html_keys(const std::vector<ColorKey>& keys);

/// A titled part of the page. @param body  HTML
[[nodiscard]] std::string html_section(std::string_view title, std::string_view body);

/// "not recorded", in the page's quiet style. @param what  such as "Training curves", escaped
[[nodiscard]] std::string html_missing(std::string_view what);

/// A figure in large letters over what it is; both are escaped.
struct Tile {
  std::string value;
  std::string label;
};
[[nodiscard]] std::string html_tiles(const std::vector<Tile>& tiles);

/// What a page needs besides the common style and script; not escaped.
struct PageExtras {
  std::string_view style;
  std::string_view script;
};

/// The whole page around its sections; style and script are inside, and the page tells the browser
/// to load nothing from elsewhere.
/// @param title, subtitle  escaped
[[nodiscard]] std::string html_page(std::string_view title, std::string_view subtitle,
                                    std::string_view sections, const PageExtras& extras = {});

}  // namespace volseg::report::internal

#pragma once
// Mock phone numbers in answers. Source: docs/contract/project.md 5, 8. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/writer.hpp"
#include "core/project.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis::models {

/// A mock phone number with its code; references outlive the call.
struct MockPhoneView {
  const MockPhone& phone;
  std::string_view code;
};
void write_mock_phone(json::Writer& out, const MockPhoneView& view, const Viewer& viewer);
/// In the form that older formats show inside a project.
void write_older_mock_phone(json::Writer& out, const MockPhoneView& view);
[[nodiscard]] std::string mock_phone(const MockPhoneView& view, const Viewer& viewer);
[[nodiscard]] std::string mock_phone_list(const std::vector<MockPhoneView>& phones, std::uint64_t total,
                                          const Viewer& viewer);

}  // namespace portcullis::models

#include "net/cli/user_export.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "core/json/writer.hpp"
#include "core/printable.hpp"
#include "net/cli/store_link.hpp"
#include "net/cli/terminal.hpp"
#include "net/transfer/user_columns.hpp"

namespace portcullis::cli {
namespace {

/// Standard output, or a new file of mode 0600 that is removed again unless keep() was called.
class Output {
 public:
  explicit Output(const std::string& name) : name_(name), fd_(STDOUT_FILENO) {
    if (is_output()) return;
    fd_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd_ < 0) throw std::runtime_error(name + ": " + std::generic_category().message(errno));
  }
  ~Output() {
    if (is_output()) return;
    if (fd_ >= 0) ::close(fd_);
    if (!kept_) ::unlink(name_.c_str());
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  [[nodiscard]] bool is_output() const noexcept { return name_.empty() || name_ == "-"; }
  [[nodiscard]] bool is_terminal() const noexcept { return ::isatty(fd_) == 1; }
  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(fd_, text.data(), text.size());
      if (written < 0 && errno != EINTR) fail();
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void keep() {
    if (is_output()) return;
    if (::fsync(fd_) != 0) fail();
    kept_ = true;
  }

 private:
  [[noreturn]] void fail() const {
    throw std::runtime_error((is_output() ? "standard output" : name_) + ": " + std::generic_category().message(errno));
  }
  std::string name_;
  int fd_;
  bool kept_ = false;
};

/// The columns of an export with or without hashes.
template <class Visit>
void each_column(bool with_hashes, Visit visit) {
  for (const transfer::UserColumn& column : transfer::user_columns) {
    if (!with_hashes && column.name == transfer::first_hash_column) return;
    visit(column);
  }
}

std::string header(bool with_hashes) {
  std::string line;
  each_column(with_hashes, [&](const transfer::UserColumn& column) {
    if (!line.empty()) line += ',';
    line += column.name;
  });
  return line + "\r\n";
}

/// For a terminal control characters are escaped; JSON text escapes them anyway.
void add_line(std::string& text, const json::Value& user, const ExportOrder& order, bool for_terminal) {
  if (order.format == transfer::Format::json_lines) {
    json::Writer(text, json::Writer::Slashes::plain).value(user);
    text += '\n';
    return;
  }
  bool first = true;
  std::string line;
  each_column(order.with_hashes, [&](const transfer::UserColumn& column) {
    const json::Value* const found = json::find(*user.object(), column.name);
    if (!first) line += ',';
    first = false;
    if (found != nullptr) line += transfer::to_cell(*found);
  });
  text += for_terminal ? printable(line) : line;
  text += "\r\n";
}

std::uint64_t number_of(const json::Object& object, const char* name) {
  const json::Value* const found = json::find(object, name);
  return found != nullptr && found->integer() != nullptr ? static_cast<std::uint64_t>(*found->integer()) : 0;
}

/// One page of users, answered by the owner of the store.
struct Page {
  json::Array users;
  std::uint64_t total = 0, peppered = 0, next = 0;  ///< next 0 = the last page
};

Page read_page(StoreLink& link, const ExportOrder& order, std::uint64_t after) {
  json::Object arguments;
  arguments.emplace_back("project", order.project);
  arguments.emplace_back("after", static_cast<std::int64_t>(after));
  arguments.emplace_back("hashes", order.with_hashes);
  const commands::Outcome outcome = link.run("users.export", json::Value(std::move(arguments)));
  std::optional<json::Value> value = json::parse(outcome.body);
  auto* const answer = value ? std::get_if<json::Object>(&value->data) : nullptr;
  if (answer == nullptr) throw std::runtime_error("the answer is not one of ours");
  const json::Value* const sentence = json::find(*answer, "error");
  if (!outcome.ok) throw std::runtime_error(sentence && sentence->string() ? *sentence->string() : "failed");
  Page page{{}, number_of(*answer, "total"), number_of(*answer, "peppered"), number_of(*answer, "next")};
  for (auto& [name, member] : *answer)
    if (name == "users" && member.array() != nullptr) page.users = std::move(std::get<json::Array>(member.data));
  return page;
}

}  // namespace

int export_users(const ExportOrder& order, Config config) {
  StoreLink link(std::move(config), {});
  Page page = read_page(link, order, 0);  // before the file is created, to check that the project exists
  Output output(order.file);
  std::optional<ProgressBar> bar(std::in_place, page.total);
  if (order.format == transfer::Format::csv) output.write(header(order.with_hashes));
  std::uint64_t exported = 0, peppered = 0;
  for (;;) {
    std::string text;
    for (const json::Value& user : page.users)
      if (user.object() != nullptr) add_line(text, user, order, output.is_terminal());
    output.write(text);
    exported += page.users.size();
    peppered += page.peppered;
    bar->move_to(exported, std::to_string(exported) + " users");
    if (page.next == 0) break;
    page = read_page(link, order, page.next);
  }
  output.keep();
  bar.reset();
  json::Object report;
  report.emplace_back("exported", static_cast<std::int64_t>(exported));
  report.emplace_back("hashes", order.with_hashes);
  report.emplace_back("peppered", static_cast<std::int64_t>(peppered));
  const std::string said = order.as_json ? json::to_text(json::Value(report)) + "\n" : render(report);
  std::fputs(said.c_str(), output.is_output() ? stderr : stdout);
  if (peppered > 0)
    std::fputs("portcullis: the peppered hashes can be imported only where the same --pepper-file is\n", stderr);
  return 0;
}

}  // namespace portcullis::cli

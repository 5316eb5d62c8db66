#include "net/cli/user_import.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <deque>
#include <future>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "core/json/writer.hpp"
#include "net/cli/import_report.hpp"
#include "net/cli/store_link.hpp"
#include "net/cli/terminal.hpp"
#include "net/transfer/pacing.hpp"

namespace portcullis::cli {
namespace {

constexpr int some_refused = 3;  // exit status
/// Bytes of the file sent to the owner in one order. As JSON they at most double, which stays below the control
/// socket's limit.
constexpr std::uint64_t order_bytes = 256 * 1024;
constexpr std::size_t order_records = 1000;
/// When no other process waits for the writer: a larger commit writes fewer pages repeatedly.
constexpr std::uint64_t order_bytes_alone = 8 << 20;
constexpr std::size_t order_records_alone = 8000;
/// The most orders in flight; with two, one is checked while the previous one is committed.
constexpr std::size_t most_on_their_way = 1;
constexpr std::size_t most_on_their_way_alone = 2;

/// The file, and its size where it is known.
class Input {
 public:
  explicit Input(const std::string& name) : name_(name), fd_(name == "-" ? STDIN_FILENO : open_file(name)) {
    struct stat found {};
    if (::fstat(fd_, &found) == 0 && S_ISREG(found.st_mode)) size_ = static_cast<std::uint64_t>(found.st_size);
  }
  ~Input() {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  [[nodiscard]] std::size_t fill(std::span<char> into) const {
    for (;;) {
      const ssize_t got = ::read(fd_, into.data(), into.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) throw std::runtime_error(name_ + ": " + std::generic_category().message(errno));
    }
  }
  /// 0 = unknown.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  static int open_file(const std::string& name) {
    const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw std::runtime_error(name + ": " + std::generic_category().message(errno));
    return fd;
  }
  std::string name_;
  int fd_;
  std::uint64_t size_ = 0;
};

struct Refused {
  std::uint64_t line = 0;
  std::string reason;
  bool exists = false;
};

/// Records that are sent in one order.
struct Piece {
  json::Array users;
  std::vector<std::uint64_t> lines;  ///< line of each user
  std::vector<Refused> unreadable;
  [[nodiscard]] bool empty() const { return lines.empty() && unreadable.empty(); }
};

struct Sent {
  Piece piece;  ///< without its users, which were sent
  std::future<commands::Outcome> answer;
};

std::uint64_t number_of(const json::Object& object, const char* name) {
  const json::Value* const found = json::find(object, name);
  return found != nullptr && found->integer() != nullptr ? static_cast<std::uint64_t>(*found->integer()) : 0;
}

std::string text_of(const json::Object& object, const char* name) {
  const json::Value* const found = json::find(object, name);
  return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
}

class Transfer {
 public:
  Transfer(const ImportOrder& order, Config config)
      : order_(order),
        link_(std::move(config), {}),
        input_(order.file),
        report_(order.rejects),
        reader_(transfer::read_records(
            order.format, transfer::ByteSource([this](std::span<char> into) { return input_.fill(into); }))),
        bar_(std::in_place, input_.size()) {}

  int run();

 private:
  [[nodiscard]] json::Value arguments(json::Array users) const;
  [[nodiscard]] Piece read_piece();
  void settle(const Piece& piece, const commands::Outcome& outcome);
  void show_progress();
  void send_all();

  const ImportOrder& order_;
  StoreLink link_;
  Input input_;
  ImportReport report_;
  std::unique_ptr<transfer::RecordReader> reader_;
  std::optional<ProgressBar> bar_;    // ends before the report is printed
  Progress lines_{"users imported"};  // for input of unknown size
  std::uint64_t batch_ = transfer::Pacing::first_size;
};

json::Value Transfer::arguments(json::Array users) const {
  json::Object object;
  object.emplace_back("project", order_.project);
  object.emplace_back("users", std::move(users));
  object.emplace_back("batch", static_cast<std::int64_t>(link_.opened_here() ? 0 : batch_));
  object.emplace_back("dryRun", order_.dry_run);
  return json::Value(std::move(object));
}

Piece Transfer::read_piece() {
  Piece piece;
  const std::uint64_t bytes = link_.opened_here() ? order_bytes_alone : order_bytes;
  const std::size_t records = link_.opened_here() ? order_records_alone : order_records;
  const std::uint64_t begun = reader_->bytes_read();
  while (piece.lines.size() + piece.unreadable.size() < records && reader_->bytes_read() - begun < bytes) {
    std::optional<transfer::Record> record = reader_->next();
    if (!record) break;
    if (!record->refusal.empty()) {
      piece.unreadable.push_back(Refused{record->line, std::string(record->refusal), false});
      continue;
    }
    piece.lines.push_back(record->line);
    piece.users.emplace_back(std::move(record->members));
  }
  return piece;
}

void Transfer::settle(const Piece& piece, const commands::Outcome& outcome) {
  const std::optional<json::Value> value = json::parse(outcome.body);
  const json::Object* const answer = value ? value->object() : nullptr;
  if (answer == nullptr) throw std::runtime_error("the answer is not one of ours");
  std::vector<Refused> refused = piece.unreadable;
  if (!outcome.ok) {
    report_.fail(text_of(*answer, "error"));
  } else {
    const json::Value* const refusals = json::find(*answer, "refusals");
    report_.take(number_of(*answer, "taken"));
    batch_ = std::max<std::uint64_t>(1, number_of(*answer, "batch"));
    report_.note_commits(number_of(*answer, "commits"), number_of(*answer, "heldMicroseconds"),
                         number_of(*answer, "flushedMicroseconds"));
    if (const std::string failure = text_of(*answer, "failure"); !failure.empty()) report_.fail(failure);
    for (const json::Value& each : refusals != nullptr && refusals->array() ? *refusals->array() : json::Array{}) {
      if (each.object() == nullptr) continue;
      const std::uint64_t at = number_of(*each.object(), "at");
      const json::Value* const exists = json::find(*each.object(), "exists");
      const bool there = exists != nullptr && exists->boolean() != nullptr && *exists->boolean();
      if (at < piece.lines.size())
        refused.push_back(Refused{piece.lines[at], text_of(*each.object(), "reason"), there});
    }
  }
  std::sort(refused.begin(), refused.end(), [](const Refused& a, const Refused& b) { return a.line < b.line; });
  for (const Refused& each : refused) {
    if (each.exists && order_.skip_existing)
      report_.skip();
    else
      report_.refuse(each.line, each.reason);
  }
}

void Transfer::show_progress() {
  const std::string said =
      std::to_string(report_.taken()) + " taken, " + std::to_string(report_.refused()) + " refused";
  if (input_.size() > 0)
    bar_->move_to(reader_->bytes_read(), said);
  else
    lines_(report_.taken());
}

/// Reads the next piece while others are in flight.
void Transfer::send_all() {
  const std::size_t most = link_.opened_here() ? most_on_their_way_alone : most_on_their_way;
  std::deque<Sent> sent;
  bool more = true;
  while (more || !sent.empty()) {
    Piece piece = more ? read_piece() : Piece{};
    more = !piece.empty() && !report_.failed();
    while (sent.size() >= (more ? most : 1)) {
      settle(sent.front().piece, sent.front().answer.get());
      sent.pop_front();
      show_progress();
    }
    if (report_.failed()) more = false;
    if (!more) continue;
    json::Array users = std::move(piece.users);
    sent.push_back(Sent{std::move(piece), link_.start("users.import", arguments(std::move(users)))});
  }
}

int Transfer::run() {
  const auto began = std::chrono::steady_clock::now();
  const commands::Outcome first = link_.run("users.import", arguments({}));  // checks that project and store exist
  settle({}, first);
  try {
    if (!report_.failed()) send_all();
  } catch (const std::exception& failed) {
    report_.fail(failed.what());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  bar_.reset();
  const json::Value report(report_.finish(took.count(), order_.dry_run));
  const std::string text = order_.as_json ? json::to_text(report) + "\n" : render(*report.object());
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (report_.failed()) {
    std::fprintf(stderr, "portcullis: the import ended early: %s\n", report_.failure().c_str());
    return 1;
  }
  return report_.refused() > 0 ? some_refused : 0;
}

}  // namespace

int import_users(const ImportOrder& order, Config config) {
  Transfer transfer(order, std::move(config));
  return transfer.run();
}

}  // namespace portcullis::cli

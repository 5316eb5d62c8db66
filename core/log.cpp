#include "core/log.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "core/json/writer.hpp"
#include "core/time.hpp"

namespace portcullis {
namespace {

constexpr std::size_t buffer_limit = std::size_t{4} << 20;
/// The writer wakes at least this often, so that the hot path signals only when the buffer grows large.
constexpr std::chrono::milliseconds write_pause{200};
constexpr std::size_t wake_at = 64 * 1024;

/// Text for people: control characters and line breaks cannot forge a line.
void append_clean(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      out += c;
      continue;
    }
    out += "\\x";
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
}

std::string_view level_name(Log::Level level) {
  switch (level) {
    case Log::Level::debug:
      return "debug";
    case Log::Level::info:
      return "info";
    case Log::Level::warning:
      return "warning";
    case Log::Level::error:
      return "error";
    case Log::Level::off:
      return "off";
  }
  return "";
}

}  // namespace

struct Log::State {
  const Clock& clock;
  const Format format;
  const Level level;
  const int fd;
  mutable std::mutex mutex;
  std::condition_variable wake, written;
  std::string buffer;
  std::uint64_t accepted = 0, done = 0, dropped = 0, dropped_reported = 0;
  bool stopping = false;
  bool flushing = false;
  std::thread thread;

  State(const Clock& c, Format f, Level l, int out) : clock(c), format(f), level(l), fd(out) {}

  /// Appends one line made by `write(std::string&)`, or counts it as dropped.
  template <class Write>
  void line(Write write, bool urgent) {
    std::unique_lock lock(mutex);
    if (buffer.size() > buffer_limit) {
      ++dropped;
      return;
    }
    write(buffer);
    buffer += '\n';
    ++accepted;
    const bool notify = urgent || buffer.size() > wake_at;
    lock.unlock();
    if (notify) wake.notify_one();
  }

  void run() {
    std::string batch;
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait_for(lock, write_pause, [&] { return stopping || flushing || buffer.size() > wake_at; });
      batch.clear();
      batch.swap(buffer);
      const std::uint64_t upto = accepted;
      if (dropped > dropped_reported && !batch.empty()) {
        append_notice(batch, Level::warning,
                      std::to_string(dropped - dropped_reported) + " log lines were dropped: the buffer was full");
        batch += '\n';
        dropped_reported = dropped;
      }
      const bool last = stopping;
      lock.unlock();
      write_all(batch);
      lock.lock();
      done = upto;
      if (done == accepted) flushing = false;
      written.notify_all();
      if (last && buffer.empty()) return;
    }
  }

  void write_all(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = ::write(fd, text.data(), text.size());
      if (count > 0)
        text.remove_prefix(static_cast<std::size_t>(count));
      else if (errno == EAGAIN)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      else if (errno != EINTR)
        return;  // nobody reads; a log must not stop the server
    }
  }

  void open_json(json::Writer& w, Level l) const {
    w.begin_object();
    w.plain_key("time");
    const std::array<char, 29> now = iso8601(clock.now());
    w.plain_string({now.data(), now.size()});
    w.plain_key("level");
    w.plain_string(level_name(l));
  }

  void append_notice(std::string& out, Level l, std::string_view text) const {
    if (format == Format::json) {
      json::Writer w(out, json::Writer::Slashes::plain);
      open_json(w, l);
      w.field("message", text);
      w.end_object();
      return;
    }
    out += format_iso8601(clock.now());
    out.append(" ").append(level_name(l)).append("  ");
    append_clean(out, text);
  }

  void notice(Level l, std::string_view text) {
    if (l < level) return;
    line([&](std::string& out) { append_notice(out, l, text); }, l >= Level::warning);
  }
};

Log::Log(const Clock& clock, Format format, Level level, int fd)
    : state_(std::make_unique<State>(clock, format, level, fd)) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

Log::~Log() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  state_->thread.join();
}

void Log::access(const AccessLine& a) {
  if (Level::info < state_->level) return;
  const auto write = [&](std::string& out) {
    if (state_->format == Format::json) {
      json::Writer w(out, json::Writer::Slashes::plain);
      state_->open_json(w, Level::info);
      w.plain_key("event");
      w.plain_string("request");
      w.plain_key("method");
      w.plain_string(a.method);
      w.plain_key("route");
      w.plain_string(a.route);  // ours, and `/` stays as it is in logs
      w.plain_key("status");
      w.integer(a.status);
      w.plain_key("us");
      w.integer(static_cast<std::int64_t>(a.microseconds));
      w.plain_key("project");
      w.string(a.project);
      w.plain_key("request");
      w.plain_string(a.request_id);
      w.end_object();
      return;
    }
    out += format_iso8601(state_->clock.now());
    out += " info  ";
    append_clean(out, a.method);
    out += ' ';
    append_clean(out, a.route);
    out.append(" ")
        .append(std::to_string(a.status))
        .append(" ")
        .append(std::to_string(a.microseconds))
        .append("us project=");
    append_clean(out, a.project);
    out += " request=";
    append_clean(out, a.request_id);
  };
  state_->line(write, false);
}

void Log::security(const SecurityLine& s) {
  if (Level::warning < state_->level) return;
  const auto write = [&](std::string& out) {
    const std::pair<std::string_view, std::string_view> fields[] = {
        {"event", s.event},       {"outcome", s.outcome},        {"project", s.project},
        {"user", s.user_id},      {"network", s.client_network}, {"reason", s.reason},
        {"request", s.request_id}};
    if (state_->format == Format::json) {
      json::Writer w(out, json::Writer::Slashes::plain);
      state_->open_json(w, Level::info);
      w.field("security", true);
      for (const auto& [name, value] : fields)
        if (!value.empty()) w.field(name, value);
      w.end_object();
      return;
    }
    out += format_iso8601(state_->clock.now());
    out += " security ";
    for (const auto& [name, value] : fields) {
      if (value.empty()) continue;
      out.append(" ").append(name).append("=");
      append_clean(out, value);
    }
  };
  state_->line(write, false);
}

void Log::info(std::string_view text) { state_->notice(Level::info, text); }
void Log::warning(std::string_view text) { state_->notice(Level::warning, text); }
void Log::error(std::string_view text) { state_->notice(Level::error, text); }

void Log::flush() {
  std::unique_lock lock(state_->mutex);
  const std::uint64_t upto = state_->accepted;
  state_->flushing = true;
  state_->wake.notify_all();
  state_->written.wait(lock, [&] { return state_->done >= upto; });
}

std::uint64_t Log::dropped() const noexcept {
  const std::scoped_lock lock(state_->mutex);
  return state_->dropped;
}

}  // namespace portcullis

#include "core/log.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <iterator>
#include <string>
#include <utility>

#include "core/json/writer.hpp"
#include "core/log_sink.hpp"
#include "core/printable.hpp"

namespace portcullis {
namespace {

/// Text for people: control characters and line breaks cannot forge a line.
struct Clean {
  std::string_view text;
};

/// Each line's payload (`%v`) starts with a word that says what it is: a level, or `security`.
constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%e+00:00 %v";
/// The payload is the rest of the object.
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%e+00:00","level":"%l",%v)";

spdlog::level::level_enum level_of(Log::Level level) {
  switch (level) {
    case Log::Level::debug:
      return spdlog::level::debug;
    case Log::Level::info:
      return spdlog::level::info;
    case Log::Level::warning:
      return spdlog::level::warn;
    case Log::Level::error:
      return spdlog::level::err;
    case Log::Level::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

/// The members that `write(json::Writer&)` writes, and the closing brace.
template <class Write>
void append_members(std::string& out, Write write) {
  json::Writer w(out, json::Writer::Slashes::plain);
  w.begin_object();
  write(w);
  w.end_object();
  out.erase(0, 1);
}

}  // namespace
}  // namespace portcullis

template <>
struct fmt::formatter<portcullis::Clean> : fmt::formatter<fmt::string_view> {
  auto format(const portcullis::Clean& clean, fmt::format_context& context) const {
    if (portcullis::is_printable(clean.text)) return write(clean.text, context);
    return write(portcullis::printable(clean.text), context);
  }

 private:
  fmt::format_context::iterator write(std::string_view text, fmt::format_context& context) const {
    return fmt::formatter<fmt::string_view>::format({text.data(), text.size()}, context);
  }
};

namespace portcullis {
namespace {

void append_notice(std::string& out, Log::Format format, spdlog::level::level_enum level, std::string_view text) {
  if (format == Log::Format::json) return append_members(out, [&](json::Writer& w) { w.field("message", text); });
  fmt::format_to(std::back_inserter(out), "{}  {}", spdlog::level::to_string_view(level), Clean{text});
}

void append_access(std::string& out, Log::Format format, const AccessLine& line) {
  if (format == Log::Format::text) {
    fmt::format_to(std::back_inserter(out), "info  {} {} {} {}us project={} request={}", Clean{line.method},
                   Clean{line.route}, line.status, line.microseconds, Clean{line.project}, Clean{line.request_id});
    return;
  }
  append_members(out, [&](json::Writer& w) {
    w.plain_key("event");
    w.plain_string("request");
    w.plain_key("method");
    w.plain_string(line.method);
    w.plain_key("route");
    w.plain_string(line.route);  // ours, and `/` stays as it is in logs
    w.plain_key("status");
    w.integer(line.status);
    w.plain_key("us");
    w.integer(static_cast<std::int64_t>(line.microseconds));
    w.plain_key("project");
    w.string(line.project);
    w.plain_key("request");
    w.plain_string(line.request_id);
  });
}

void append_security(std::string& out, Log::Format format, const SecurityLine& line) {
  const std::pair<std::string_view, std::string_view> fields[] = {
      {"event", line.event}, {"outcome", line.outcome},        {"project", line.project}, {"user", line.user_id},
      {"actor", line.actor}, {"network", line.client_network}, {"reason", line.reason},   {"request", line.request_id}};
  if (format == Log::Format::text) {
    out += "security ";
    for (const auto& [name, value] : fields)
      if (!value.empty()) fmt::format_to(std::back_inserter(out), " {}={}", name, Clean{value});
    return;
  }
  append_members(out, [&](json::Writer& w) {
    w.field("security", true);
    for (const auto& [name, value] : fields)
      if (!value.empty()) w.field(name, value);
  });
}

}  // namespace

struct Log::State {
  const Clock& clock;
  const Format format;
  const std::shared_ptr<BatchSink> sink;
  spdlog::logger lines, security_lines;

  State(const Clock& clock_in, Format format_in, Level level, int fd)
      : clock(clock_in),
        format(format_in),
        sink(make_sink(clock_in, format_in, fd)),
        lines("portcullis", sink),
        security_lines("security", sink) {
    lines.set_level(level_of(level));
    // Security events are logged at level info, but are as important as warnings: a configured level of warning keeps
    // them.
    security_lines.set_level(level <= Level::warning ? spdlog::level::info : spdlog::level::off);
  }

  static std::shared_ptr<BatchSink> make_sink(const Clock& clock, Format format, int fd) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>(format == Format::json ? json_pattern : text_pattern,
                                                                 spdlog::pattern_time_type::utc, "\n");
    const auto lost_text = [format](std::uint64_t lines) {
      std::string out;
      append_notice(out, format, spdlog::level::warn,
                    fmt::format("{} log lines were dropped: the buffer was full", lines));
      return out;
    };
    return std::make_shared<BatchSink>(clock, fd, std::move(formatter), lost_text);
  }

  /// Logs one line, whose payload `append(std::string&)` writes.
  template <class Append>
  void say(spdlog::logger& logger, spdlog::level::level_enum level, Append append) {
    if (!logger.should_log(level)) return;
    thread_local std::string payload;  // keeps its capacity from line to line
    payload.clear();
    append(payload);
    logger.log(clock.now(), {}, level, spdlog::string_view_t(payload.data(), payload.size()));
  }

  void notice(spdlog::level::level_enum level, std::string_view text) {
    say(lines, level, [&](std::string& out) { append_notice(out, format, level, text); });
  }
};

Log::Log(const Clock& clock, Format format, Level level, int fd)
    : state_(std::make_unique<State>(clock, format, level, fd)) {}

Log::~Log() = default;

void Log::access(const AccessLine& line) {
  state_->say(state_->lines, spdlog::level::info, [&](std::string& out) { append_access(out, state_->format, line); });
}

void Log::security(const SecurityLine& line) {
  state_->say(state_->security_lines, spdlog::level::info,
              [&](std::string& out) { append_security(out, state_->format, line); });
}

void Log::info(std::string_view text) { state_->notice(spdlog::level::info, text); }
void Log::warning(std::string_view text) { state_->notice(spdlog::level::warn, text); }
void Log::error(std::string_view text) { state_->notice(spdlog::level::err, text); }

void Log::flush() { state_->sink->flush(); }

std::uint64_t Log::dropped() const noexcept { return state_->sink->dropped(); }

}  // namespace portcullis

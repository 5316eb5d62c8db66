#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/hashing/pool_stats.hpp"
#include "net/metrics/metrics.hpp"
#include "net/metrics/prometheus.hpp"
#include "net/outbound/outbound.hpp"
#include "net/pipeline/request_metrics.hpp"
#include "storage/outbox.hpp"

namespace portcullis::metrics {
namespace {

constexpr double per_second = 1e6;  // histograms hold microseconds

/// A line of /proc/self/status in bytes, or 0.
std::uint64_t status_bytes(std::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(name)) continue;
    const std::size_t digit = line.find_first_of("0123456789");
    std::uint64_t kib = 0;
    if (digit != std::string::npos) std::from_chars(line.data() + digit, line.data() + line.size(), kib);
    return kib * 1024;
  }
  return 0;
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / per_second;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::uint64_t open_files() {
  std::error_code failed;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", failed), end; !failed && at != end; at.increment(failed))
    ++count;
  return count > 0 ? count - 1 : 0;  // without the descriptor of this directory walk
}

void write_requests(prometheus::Writer& out, const RequestMetrics& requests) {
  const std::vector<RequestMetrics::RouteCounts> rows = requests.read();
  out.metric("portcullis_http_requests_total", "counter", "Requests answered, by route and status.");
  for (const RequestMetrics::RouteCounts& row : rows)
    for (const auto& [status, count] : row.by_status)
      out.sample(
          {{"method", row.method}, {"route", row.route}, {"status", status == 0 ? "other" : std::to_string(status)}},
          count);
  out.metric("portcullis_http_request_duration_seconds", "histogram", "From the parsed request to its answer.");
  for (const RequestMetrics::RouteCounts& row : rows)
    if (row.durations.total() > 0)
      out.sample({{"method", row.method}, {"route", row.route}}, row.durations, per_second);
}

void write_hashing(prometheus::Writer& out, const Services& services) {
  const HashPoolStats stats = services.pool.stats();
  out.metric("portcullis_hash_threads", "gauge", "Threads that hash passwords.");
  out.sample({}, std::uint64_t{stats.threads});
  out.metric("portcullis_hash_queued", "gauge", "Hashes waiting for a thread.");
  out.sample({}, std::uint64_t{stats.queued});
  out.metric("portcullis_hash_running", "gauge", "Hashes being computed.");
  out.sample({}, std::uint64_t{stats.running});
  out.metric("portcullis_hash_in_flight", "gauge", "Hashes waiting or running, by cost class.");
  for (const auto& [cost, count] : stats.in_flight)
    out.sample({{"kind", std::to_string(cost.kind)},
                {"memory_kib", std::to_string(cost.memory_kib)},
                {"passes", std::to_string(cost.passes)},
                {"lanes", std::to_string(cost.lanes)}},
               std::uint64_t{count});
  out.metric("portcullis_hash_refusals_total", "counter", "Hashes refused, by reason.");
  for (std::size_t i = 0; i < hash_refusals; ++i)
    out.sample({{"reason", name(static_cast<HashRefusal>(i))}}, stats.refusals[i]);
  out.metric("portcullis_hash_unknown_pepper_total", "counter", "Hashes that name a pepper --pepper-file lacks.");
  out.sample({}, services.hasher.unknown_peppers());
  out.metric("portcullis_hash_predicted_seconds", "gauge", "When a hash that is asked for now would be done.");
  out.sample({}, std::chrono::duration<double>(services.pool.predicted(services.hasher.cost_class())).count());
  out.metric("portcullis_hash_wait_predicted_seconds", "histogram", "Wait foretold to admitted hashes.");
  out.sample({}, stats.predicted_wait, per_second);
  out.metric("portcullis_hash_wait_seconds", "histogram", "Wait of hashes until they began.");
  out.sample({}, stats.wait, per_second);
  out.metric("portcullis_hash_duration_seconds", "histogram", "Time of hashes on their thread.");
  out.sample({}, stats.service, per_second);
}

void write_store(prometheus::Writer& out, const Services& services) {
  const storage::Engine::Stats stats = services.store.engine().stats();
  out.metric("portcullis_store_commits_total", "counter", "Commits made durable.");
  out.sample({}, stats.commits);
  out.metric("portcullis_store_changes_total", "counter", "Changes in those commits.");
  out.sample({}, stats.changes);
  out.metric("portcullis_store_commit_changes", "histogram", "Changes a commit.");
  out.sample({}, stats.commit_changes, 1);
  out.metric("portcullis_store_commit_seconds", "histogram", "Time of a commit with its flushes.");
  out.sample({}, stats.commit_time, per_second);
  out.metric("portcullis_store_flush_seconds", "histogram", "What of a commit waited for the disk.");
  out.sample({}, stats.flush_time, per_second);
  out.metric("portcullis_store_queued_changes", "gauge", "Changes waiting for the next commit.");
  out.sample({}, std::uint64_t{stats.queued});
  out.metric("portcullis_store_used_bytes", "gauge", "Size of the store's file.");
  out.sample({}, stats.size_bytes);
  out.metric("portcullis_store_poisoned", "gauge", "1 after a failed flush: writes are refused until a restart.");
  out.sample({}, std::uint64_t{stats.poisoned ? 1U : 0U});
}

void write_outbox(prometheus::Writer& out, const Sources& sources) {
  const result<storage::OutboxCounters> stored = storage::outbox::counters(sources.services.store.engine());
  if (stored) {
    out.metric("portcullis_outbox_due", "gauge", "Messages that wait to be sent.");
    out.sample({}, stored->due);
    out.metric("portcullis_outbox_ended", "gauge", "Records kept of messages that have ended.");
    out.sample({}, stored->ended);
  }
  if (sources.outbound == nullptr) return;
  const outbound::SenderCounts& counts = sources.outbound->counts();
  out.metric("portcullis_outbox_running", "gauge", "Messages being sent.");
  out.sample({}, counts.running.load());
  out.metric("portcullis_outbox_tries_total", "counter",
             "What became of messages: sent, failed and to be tried again, given up, dropped, put off.");
  out.sample({{"result", "sent"}}, counts.sent.load());
  out.sample({{"result", "failed"}}, counts.failed.load());
  out.sample({{"result", "dead"}}, counts.dead.load());
  out.sample({{"result", "dropped"}}, counts.dropped.load());
  out.sample({{"result", "put_off"}}, counts.put_off.load());
}

void write_process(prometheus::Writer& out, const Sources& sources) {
  out.metric("portcullis_connections", "gauge", "Open client connections.");
  out.sample({}, std::uint64_t{sources.api.connections()});
  const SessionCache::Counts cache = sources.services.session_cache.counts();
  out.metric("portcullis_session_cache_lookups_total", "counter", "Session checks, by whether memory answered.");
  out.sample({{"result", "hit"}}, cache.hits);
  out.sample({{"result", "miss"}}, cache.misses);
  out.metric("portcullis_memory_anonymous_bytes", "gauge", "RssAnon: the program's own memory, hash arenas included.");
  out.sample({}, status_bytes("RssAnon:"));
  out.metric("process_resident_memory_bytes", "gauge", "Resident memory, the mapped store included.");
  out.sample({}, status_bytes("VmRSS:"));
  out.metric("process_cpu_seconds_total", "counter", "User and system time.");
  out.sample({}, cpu_seconds());
  out.metric("process_open_fds", "gauge", "Open file descriptors.");
  out.sample({}, open_files());
  out.metric("portcullis_info", "gauge", "Version and Argon2 kernel.");
  out.sample({{"version", PORTCULLIS_VERSION}, {"kernel", argon2::name(sources.services.hasher.engine().kernel)}},
             std::uint64_t{1});
}

}  // namespace

std::string render(const Sources& sources) {
  prometheus::Writer out;
  write_requests(out, sources.services.requests);
  write_hashing(out, sources.services);
  write_store(out, sources.services);
  write_outbox(out, sources);
  write_process(out, sources);
  return out.take();
}

}  // namespace portcullis::metrics

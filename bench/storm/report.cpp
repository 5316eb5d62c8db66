#include "bench/storm/report.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "bench/storm/server.hpp"

namespace portcullis::bench {
namespace {

void print_row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < cells.size(); ++i)
    std::printf(i == 0 ? "  %-*s" : "  %*s", static_cast<int>(widths[i]), cells[i].c_str());
  std::printf("\n");
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) out += " " + cell + " |";
  return out + "\n";
}

std::string markdown(const Table& table) {
  std::string out = markdown_row(table.head) + "|";
  for (std::size_t i = 0; i < table.head.size(); ++i) out += i == 0 ? "---|" : "--:|";
  out += "\n";
  for (const auto& row : table.rows) out += markdown_row(row);
  return out;
}

std::string verdict(const Figure& figure) {
  if (!figure.met) return "-";
  return *figure.met ? "yes" : "**no**";
}

/// The value of a line `name : value` of /proc/cpuinfo's first processor.
std::string cpu_line(const std::string& name) {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name)) return line.substr(std::min(line.size(), line.find(": ") + 2));
  return {};
}

/// The machine in words: what is needed for comparison, and no names.
std::string machine() {
  const std::string flags = " " + cpu_line("flags") + " ";
  const auto has = [&flags](const char* flag) { return flags.find(flag) != std::string::npos; };
  utsname system{};
  ::uname(&system);
  std::string release = system.release;
  release = release.substr(0, release.find('.', release.find('.') + 1));
  const double memory = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  const std::string of_all = has_own_cores() ? " of " + std::to_string(cores() + generator_cores()) : "";
  return std::to_string(cores()) + of_all + (has(" hypervisor ") ? " virtual" : "") + " cores of an " +
         cpu_line("model name") +
         (has(" avx512f ") ? " with AVX-512"
          : has(" avx2 ")  ? " with AVX2 and without AVX-512"
                           : " without AVX2") +
         ", " + number(memory / (1 << 30), 0) + " GiB of memory, Linux " + release;
}

constexpr const char* method = R"(## Method

The server is `portcullis serve` as it comes, on a fresh folder, with rate limits off; passwords cost 19 MiB and two
passes (Argon2id). Every sign-in carries the right password, and every user comes from a network of their own
(`X-Forwarded-For` from a trusted proxy). The load generator shares the cores with the server, unless `--server-cores` keeps
some for the server alone.

- **Capacity** is a closed loop: sixteen connections a thread, each sending the next sign-in when the former is answered. The
  raw rates (libsodium's `crypto_pwhash` as it comes, and the project's engine alone) are measured in turns with it, on as
  many threads of the same priority. Turns are of one second, because the machine's memory may be twice as fast some seconds
  later, and a closed loop counts from a quarter of a second on; medians of the turns' rates, and of their ratios.
- **Overload** is an open loop: arrivals on a fixed schedule, whatever became of those before, and a latency counts from the
  scheduled time to when the kernel received the answer. The generator wakes once a millisecond here, because it shares the
  cores. Before the measured window the load runs until the queue is full, after it until the window's requests are
  answered. *Good* is a 201 that came within the deadline of 2 s plus the time of one hash, counted in the window. Offered
  load is told in multiples of the server's own capacity, which is measured before and after each load; *of capacity* is the
  median of the turns' ratios to the mean of both, three turns a round, the peer's one. The peak is that of the best
  load, or capacity itself where no load gave more.
- **Isolation**: 200 `GET /v1/account` a second by live sessions, without and beside sign-ins at five times capacity, in
  turns. The wait for a CPU is the reactors' run-queue time by `/proc/PID/task/TID/schedstat`; the figure with a goal is
  of rounds in which the generator is 5 nicer than the reactors, or they would wait for it, as the line after it shows;
  hash threads are 15 nicer. The bare thread is beside those rounds: an eventfd is written on one processor and read on
  another, a hundred times a second, and its time ends when its read returns.
- **CPU quota**: the same with the server in a control group of one core.
- **Fairness**: four projects of equal demand at four times capacity together; then three quiet projects, each at a
  twentieth of capacity, without and beside one at a hundred times their rate, two turns a round. One hash is what it takes
  a thread beside the loud one: threads by sign-ins served a second.
- **Scaling**, with `--server-cores` alone: closed loops of sign-ins, sixteen connections a core, and of session checks, 32
  connections and a thread for each core of the generator, against a server that has so many cores and derives its threads
  from them; the engine alone on as many.
- **The peer** is Fastify with `@node-rs/argon2` at the same cost on as many threads as cores, sessions written to SQLite
  with `synchronous=FULL` before the answer (`bench/peers/fastify`). It has no admission control, as such servers
  usually have none; it is started anew before each of its points, because its queue outlives the load.

"Others' CPU" is the share of the machine's CPU time that went to other processes, or to a hypervisor's other guests,
during a measurement. With `--attempts` a disturbed one is repeated, and the attempt with the least of it is kept. A
generator of one thread, which goes before all others where the system permits (`SCHED_RR`), adds its own lag, from the
scheduled time to the sending; the tables show its 99th percentile.
)";

}  // namespace

std::string number(double value, int decimals, const std::string& unit) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return unit.empty() ? text : text + (" " + unit);
}

std::string ms(std::uint64_t microseconds) {
  return number(static_cast<double>(microseconds) / 1000, microseconds < 100'000 ? 2 : 0);
}

std::vector<unsigned> steps_to(unsigned most) {
  std::vector<unsigned> steps;
  for (unsigned step = 1; step < most; step *= 2) steps.push_back(step);
  steps.push_back(most);
  return steps;
}

void Report::figure(Figure figure) {
  const char* met = !figure.met ? "" : *figure.met ? "met" : "MISSED";
  std::printf("%-66s %16s  %-28s %s\n", figure.name.c_str(), figure.value.c_str(), figure.goal.c_str(), met);
  std::fflush(stdout);
  figures_.push_back(std::move(figure));
}

bool Report::all_met() const {
  return std::all_of(figures_.begin(), figures_.end(), [](const Figure& figure) { return figure.met.value_or(true); });
}

void Report::table(Table table) {
  std::vector<std::size_t> widths(table.head.size());
  for (std::size_t i = 0; i < widths.size(); ++i) {
    widths[i] = table.head[i].size();
    for (const auto& row : table.rows) widths[i] = std::max(widths[i], row[i].size());
  }
  std::printf("\n%s\n", table.title.c_str());
  print_row(table.head, widths);
  for (const auto& row : table.rows) print_row(row, widths);
  std::printf("\n");
  std::fflush(stdout);
  tables_.push_back(std::move(table));
}

void Report::remark(std::string text) {
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
  remarks_.push_back(std::move(text));
}

void Report::picture(std::string subject, std::string title, std::string svg) {
  pictures_.push_back({std::move(subject), std::move(title), std::move(svg)});
}

void Report::write(const Options& options) const {
  std::filesystem::create_directories(options.docs);
  std::ostringstream page;
  page << "# A login storm\n\nWhat sign-ins beyond what can be hashed do to a server, measured by one command, which "
          "also wrote this page:\n\n```sh\n./run build && ninja -C build/release portcullis_bench\n"
          "build/release/bench/portcullis_bench storm --seconds "
       << number(options.seconds, 0) << " --rounds " << options.rounds
       << (options.attempts > 1 ? " --attempts " + std::to_string(options.attempts) : "")
       << (has_own_cores() ? " --server-cores " + std::to_string(cores()) : "")
       << (options.page != "storm" ? " --page " + options.page : "") << " --docs docs\n```\n\nMeasured on " << machine()
       << ".\nAbsolute figures mean little on another machine; how far ratios move from run to run is "
          "in\n[bench/README.md](../bench/README.md#results-of-the-storm).\n\n";
  page << "| figure | measured | goal | met |\n|---|--:|---|---|\n";
  for (const Figure& figure : figures_)
    page << markdown_row({figure.name, figure.value, figure.goal.empty() ? "-" : figure.goal, verdict(figure)});
  for (const Picture& picture : pictures_) {
    const std::string file = options.page + "-" + picture.subject + ".svg";
    page << "\n![" << picture.title << "](" << file << ")\n";
    std::ofstream(options.docs / file) << picture.svg;
  }
  for (const Table& table : tables_) page << "\n## " << table.title << "\n\n" << markdown(table);
  if (!remarks_.empty()) page << "\n## Remarks\n\n";
  for (const std::string& remark : remarks_) page << "- " << remark << "\n";
  page << "\n" << method;
  std::ofstream(options.docs / (options.page + ".md")) << page.str();
}

}  // namespace portcullis::bench

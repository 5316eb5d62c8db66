// Importing users from a file: the program's rate against raw LMDB that puts the same rows, and how an import and
// concurrent sign-ins slow each other down.

#include <lmdb.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>

#include "bench/support.hpp"
#include "core/json/value.hpp"
#include "core/json/writer.hpp"
#include "core/project.hpp"
#include "core/random.hpp"
#include "core/user.hpp"
#include "net/changes/users.hpp"
#include "net/wire/imported_hash.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/open.hpp"

namespace portcullis::bench {
namespace {

namespace codec = storage::codec;
namespace keys = storage::keys;

constexpr std::string_view project_header = "X-Appwrite-Project: bench\r\n";
constexpr std::string_view password = "appwrite";
constexpr std::string_view its_md5 = "144fa7eaa4904e8ee120651997f70dcc";
constexpr std::size_t users_a_commit = 8000;  // of an import that is alone with the store
constexpr std::int64_t first_created = 1'600'000'000'000;
constexpr unsigned signing_in = 4;  // connections

/// Ids as the program makes them, names of two words, addresses in random order; one user a second.
User person(std::uint64_t number) {
  User user;
  char id[32];
  const std::uint64_t mixed = number * 0x9E3779B97F4A7C15ULL;
  std::snprintf(id, sizeof id, "%08llx%05llx%07llx", static_cast<unsigned long long>(1'600'000'000 + number),
                static_cast<unsigned long long>(mixed >> 44), static_cast<unsigned long long>(mixed & 0xfffffff));
  user.id = id;
  user.name = "Person" + std::to_string(mixed % 5000) + " Family" + std::to_string(mixed / 5000 % 20000);
  user.email = "p" + std::to_string(mixed % 1'000'000'007) + "-" + std::to_string(number) + "@example.com";
  user.created_at = user.updated_at = user.registered_at =
      from_millis(first_created + static_cast<std::int64_t>(number) * 1000);
  return user;
}

void write_file(const std::filesystem::path& file, std::uint64_t from, std::uint64_t to) {
  std::ofstream out(file, std::ios::binary);
  for (std::uint64_t number = from; number < to; ++number) {
    const User user = person(number);
    std::string line;
    json::Writer writer(line, json::Writer::Slashes::plain);
    writer.begin_object();
    writer.field("id", user.id);
    writer.field("email", user.email);
    writer.field("name", user.name);
    writer.field("createdAt", format_iso8601(user.created_at));
    writer.field("hash", "md5");
    writer.field("password", its_md5);
    writer.end_object();
    out << line << '\n';
  }
  if (!out.flush()) throw std::runtime_error("the file of users cannot be written");
}

std::string import_words(const std::filesystem::path& data, const std::filesystem::path& file) {
  return "import users " + file.string() + " --project bench --data " + data.string();
}

void create_project(const Options& options, const std::filesystem::path& data) {
  static_cast<void>(answer_of(options, "project create --id bench --data " + data.string()));
}

void check_lmdb(int code) {
  if (code != MDB_SUCCESS) throw std::runtime_error(mdb_strerror(code));
}

/// LMDB without the program, for the rows of one project.
class RawStore {
 public:
  explicit RawStore(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    check_lmdb(mdb_env_create(&env_));
    check_lmdb(mdb_env_set_mapsize(env_, std::size_t{64} << 30));
    check_lmdb(mdb_env_open(env_, folder.c_str(), 0, 0600));
  }
  ~RawStore() { mdb_env_close(env_); }
  RawStore(const RawStore&) = delete;
  RawStore& operator=(const RawStore&) = delete;

  /// One durable commit.
  void put(const std::vector<storage::Put>& rows) {
    MDB_txn* txn = nullptr;
    MDB_dbi dbi = 0;
    check_lmdb(mdb_txn_begin(env_, nullptr, 0, &txn));
    check_lmdb(mdb_dbi_open(txn, nullptr, 0, &dbi));
    for (const storage::Put& row : rows) {
      MDB_val key{row.key.size(), const_cast<char*>(row.key.data())};
      MDB_val value{row.value.size(), const_cast<char*>(row.value.data())};
      check_lmdb(mdb_put(txn, dbi, &key, &value, 0));
    }
    check_lmdb(mdb_txn_commit(txn));
  }

 private:
  MDB_env* env_ = nullptr;
};

/// The rows that an import of these users makes, in the order in which it puts them.
std::vector<storage::Put> rows_of(std::uint64_t from, std::uint64_t to, Random& random) {
  constexpr ProjectNo p{1};
  auto made = std::make_shared<std::vector<changes::NewUser>>();
  for (std::uint64_t number = from; number < to; ++number) {
    changes::NewUser each;
    each.user = person(number);
    each.user.password_updated_at = each.user.created_at;
    each.credential.hash = imported_hash("md5", std::string(its_md5), {}, random);
    each.credential.password_revision = 1;
    each.email_target_id = unique_id(from_millis(first_created), random);
    made->push_back(std::move(each));
  }
  const storage::Change<std::vector<changes::Imported>> change = changes::import_users(p, std::move(made));
  const storage::Put counters = codec::put(keys::counters(p), storage::Counters{from, from + 1});
  storage::View view;
  for (const std::string& key : change.reads.keys)
    view.values.push_back(key == counters.key ? std::optional<std::string_view>(counters.value) : std::nullopt);
  view.ranges.resize(change.reads.ranges.size());
  result<storage::Decision<std::vector<changes::Imported>>> decision = change.decide(view);
  if (!decision) throw std::runtime_error("the rows cannot be made");
  return std::move(decision->edits.put);
}

double seconds_since(std::chrono::steady_clock::time_point from) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
}

/// Users a second: the same rows in the same commits, sorted in each; generating them is not counted.
double raw_in_batches(const std::filesystem::path& folder, std::uint64_t users) {
  SystemRandom random;
  RawStore store(folder);
  double spent = 0;
  for (std::uint64_t from = 0; from < users; from += users_a_commit) {
    const std::vector<storage::Put> rows = rows_of(from, std::min(users, from + users_a_commit), random);
    const auto began = std::chrono::steady_clock::now();
    store.put(rows);
    spent += seconds_since(began);
  }
  return static_cast<double>(users) / spent;
}

/// Users a second: every row of the finished store, sorted over all, in as many commits.
double raw_in_one_order(const std::filesystem::path& folder, const std::filesystem::path& finished,
                        std::uint64_t users) {
  storage::OpenOptions options;
  options.folder = finished;
  const std::unique_ptr<storage::Engine> engine = storage::open_store(options);
  RawStore store(folder);
  const std::size_t rows_a_commit = users_a_commit * 18;
  std::vector<storage::Put> rows;
  double spent = 0;
  const auto put = [&] {
    const auto began = std::chrono::steady_clock::now();
    store.put(rows);
    spent += seconds_since(began);
    rows.clear();
  };
  const result<void> read = engine->inspect([&](storage::Snapshot& snapshot) {
    snapshot.each([&](const storage::Row& row) {
      rows.push_back(storage::Put{std::string(row.key), std::string(row.value)});
      if (rows.size() == rows_a_commit) put();
    });
  });
  put();
  engine->stop();
  if (!read) throw std::runtime_error("the finished store cannot be read");
  return static_cast<double>(users) / spent;
}

std::string sign_in_request(std::uint64_t number) {
  const std::string body = R"({"email":")" + person(number).email + R"(","password":")" + std::string(password) + "\"}";
  return request_text("POST", "/v1/account/sessions/email", project_header, body);
}

/// The server on this store, with hashes of the lowest cost, so that sign-ins write as much as possible.
class Serving {
 public:
  Serving(const Options& options, const std::filesystem::path& data, const std::filesystem::path& log)
      : port_(free_port()),
        server_({options.program, "serve", "--listen", "127.0.0.1:" + std::to_string(port_), "--data", data.string(),
                 "--rate-limits", "off", "--hash-memory", "8", "--hash-passes", "1", "--hash-threads", "1"},
                log) {
    if (!wait_listening(port_, std::chrono::seconds(30))) throw std::runtime_error("the server does not start");
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  std::uint16_t port_;
  Child server_;
};

std::size_t random_sign_ins(std::uint16_t port, std::uint64_t users) {
  std::size_t fine = 0;
  for (std::uint64_t i = 0; i < 100; ++i)
    if (fetch(port, sign_in_request(i * 7'919'333 % users)).status == 201) ++fine;
  return fine;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// The delay of a thread that only sleeps for a millisecond at a time: the part of a hold that is due to the machine.
class Napper {
 public:
  Napper() = default;
  ~Napper() { stop(); }
  Napper(const Napper&) = delete;
  Napper& operator=(const Napper&) = delete;

  double longest_ms() {
    stop();
    return longest_ms_;
  }

 private:
  void stop() {
    on_ = false;
    if (thread_.joinable()) thread_.join();
  }
  void nap() {
    constexpr std::chrono::milliseconds span{1};
    while (on_) {
      const auto began = std::chrono::steady_clock::now();
      std::this_thread::sleep_for(span);
      longest_ms_ = std::max(longest_ms_, 1000 * seconds_since(began + span));
    }
  }
  std::atomic<bool> on_{true};
  double longest_ms_ = 0;
  std::thread thread_{[this] { nap(); }};
};

/// Imports more users into the store of a running server while its users sign in.
void beside_sign_ins(const Options& options, const std::filesystem::path& folder, const std::filesystem::path& data) {
  const std::uint64_t more = std::max<std::uint64_t>(options.users / 10, 1000);
  const std::filesystem::path file = folder / "more.jsonl";
  write_file(file, options.users, options.users + more);
  const Serving serving(options, data, folder / "server.log");
  print_value("random users who sign in after it, of 100",
              static_cast<double>(random_sign_ins(serving.port(), options.users)), "sign-ins", "goal 100");
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < 64; ++i) texts.push_back(sign_in_request(i * 7919 % options.users));
  const Load alone = closed_loop(serving.port(), texts, signing_in, options.seconds, 201);
  Napper napper;
  auto importing = std::async(std::launch::async, [&] { return answer_of(options, import_words(data, file)); });
  std::vector<double> beside;
  std::uint64_t answered = 0, failed = 0;
  while (importing.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    const Load load = closed_loop(serving.port(), texts, signing_in, 1.0, 201);
    beside.insert(beside.end(), load.latencies_ms.begin(), load.latencies_ms.end());
    answered += load.answered;
    failed += load.failed;
  }
  const json::Value report = importing.get();
  print_value("longest hold of the writer by a commit of it", number_of(report, "longestHoldMs"), "ms", "goal <= 20");
  print_value("longest that a thread was late meanwhile which only napped", napper.longest_ms(), "ms", "no goal");
  print_value("longest flush of such a commit", number_of(report, "longestFlushMs"), "ms", "no goal");
  print_ratio("p99 of sign-ins beside an import : alone", percentile(beside, 0.99),
              percentile(alone.latencies_ms, 0.99), "ms", "no goal");
  print_value("users imported beside sign-ins", number_of(report, "perSecond"), "1/second", "no goal");
  std::printf("  %llu sign-ins beside it; %llu refused, and %llu before it\n",
              static_cast<unsigned long long>(answered), static_cast<unsigned long long>(failed),
              static_cast<unsigned long long>(alone.failed));
}

}  // namespace

bool import_file(const Options& options) {
  const TempFolder folder;
  const std::filesystem::path file = folder.path() / "users.jsonl";
  std::printf("import of %llu users from JSON lines\n", static_cast<unsigned long long>(options.users));
  write_file(file, 0, options.users);
  std::vector<double> ours, batches, ordered;
  std::filesystem::path data;
  for (unsigned round = 0; round < options.rounds; ++round) {
    const std::string name = std::to_string(round);
    if (!data.empty()) std::filesystem::remove_all(data);
    data = folder.path() / ("data-" + name);
    create_project(options, data);
    ours.push_back(number_of(answer_of(options, import_words(data, file)), "perSecond"));
    batches.push_back(raw_in_batches(folder.path() / "batches", options.users));
    ordered.push_back(raw_in_one_order(folder.path() / "ordered", data, options.users));
    for (const char* raw : {"batches", "ordered"}) std::filesystem::remove_all(folder.path() / raw);
    std::fprintf(stderr, "  round %u of %u: %.0f users a second; raw LMDB %.0f commit by commit, %.0f in one order\n",
                 round + 1, options.rounds, ours.back(), batches.back(), ordered.back());
  }
  print_ratio("  : raw LMDB, the same rows, commit by commit", median(ours), median(batches), "users/second",
              "goal 0.5");
  print_ratio("  : raw LMDB, all rows in one order", median(ours), median(ordered), "users/second", "no goal");
  beside_sign_ins(options, folder.path(), data);
  const json::Value checked = answer_of(options, "check --data " + data.string());
  print_value("problems that check finds then", number_of(checked, "problemCount"), "problems", "goal 0");
  return true;
}

}  // namespace portcullis::bench

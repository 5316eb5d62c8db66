// Lists of users in a store of a thousand and in a large one: the time of the same page, and what its indexes add to a
// sign-up.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <stdexcept>

#include "bench/support.hpp"
#include "core/clock.hpp"
#include "storage/codec.hpp"
#include "storage/credentials.hpp"
#include "storage/keys.hpp"
#include "storage/open.hpp"
#include "storage/query/scan.hpp"
#include "storage/query/users.hpp"
#include "storage/store.hpp"
#include "storage/upgrade.hpp"
#include "storage/users.hpp"

namespace portcullis::bench {
namespace {

namespace codec = storage::codec;
namespace keys = storage::keys;
namespace query = storage::query;

constexpr std::uint64_t small_store = 1000;

struct Opened {
  std::unique_ptr<storage::Engine> engine;
  storage::Store store;
  ProjectNo project{};

  explicit Opened(const std::filesystem::path& folder) : engine(open(folder)), store(*engine) {
    if (!storage::upgrade(*engine, {})) throw std::runtime_error("the store cannot be upgraded");
    const result<std::vector<Project>> projects = store.all_projects_now();
    if (!projects) throw std::runtime_error("the store cannot be read");
    for (const Project& each : *projects)
      if (each.id == "bench") project = each.number;
  }
  ~Opened() { engine->stop(); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

 private:
  static std::unique_ptr<storage::Engine> open(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    storage::OpenOptions options;
    options.folder = folder;
    return storage::open_store(options);
  }
};

/// What a request asks for; its cursor is the user at the fraction `deep` of the order.
struct Page {
  const char* name;
  std::vector<std::string> queries;
  const char* search = "";
  double deep = 0;  ///< 0 = no cursor
  bool total = false;
  bool indexed = true;
};

std::string order(const char* method, const char* attribute) {
  return std::string(R"({"method":")") + method + R"(","attribute":")" + attribute + "\"}";
}
std::string filter(const char* method, const char* attribute, const std::string& values) {
  return std::string(R"({"method":")") + method + R"(","attribute":")" + attribute + R"(","values":[)" + values + "]}";
}

/// Reads the page with all its users decoded; returns their number.
std::size_t read_page(Opened& from, const query::Query& asked, const Page& page, std::string* first_id) {
  const query::Users source(from.project);
  query::Scan scan(*from.engine, source, query::Wanted{asked, page.search, page.total, 1});
  for (;;) {
    const result<bool> done = scan.step();
    if (!done) throw std::runtime_error("the list was refused: " + std::string(describe(done.error().code).type));
    if (*done) break;
  }
  const result<std::vector<std::string>> ids = query::user_ids(*from.engine, from.project, scan.page());
  if (!ids) throw std::runtime_error("the page cannot be read");
  if (first_id && !ids->empty()) *first_id = ids->front();
  const result<std::vector<storage::ServedUser>> users = from.store.served_users_now(from.project, *ids);
  if (!users) throw std::runtime_error("the page's users cannot be read");
  return users->size();
}

/// Median microseconds of the page.
double time_of(Opened& from, const Page& page, std::uint64_t users) {
  const result<query::Query> read = query::read(page.queries, query::user_attributes());
  if (!read) throw std::runtime_error(std::string("a query of the bench cannot be read: ") + page.name);
  query::Query asked = *read;
  if (page.deep > 0) {
    query::Query at = asked;
    at.offset = static_cast<std::uint64_t>(page.deep * static_cast<double>(users));
    at.limit = 1;
    static_cast<void>(read_page(from, at, page, &asked.cursor));
  }
  const SystemClock clock;
  std::vector<double> times;
  const Steady until = clock.steady() + std::chrono::seconds(1);
  while (times.size() < 3 || (times.size() < 500 && clock.steady() < until)) {
    const Steady began = clock.steady();
    static_cast<void>(read_page(from, asked, page, nullptr));
    times.push_back(std::chrono::duration<double, std::micro>(clock.steady() - began).count());
  }
  return median(std::move(times));
}

std::vector<Page> pages() {
  const std::string desc_created = order("orderDesc", "$createdAt");
  std::vector<Page> all{
      {"by creation, first page", {}},
      {"by creation, from the middle", {}, "", 0.5},
      {"by creation, from nearly the end", {}, "", 0.95},
      {"by creation, with its total", {}, "", 0, true},
      {"latest first", {desc_created}},
      {"latest first, from nearly the end", {desc_created}, "", 0.95},
      {"by $id, from the middle", {order("orderAsc", "$id")}, "", 0.5},
      {"by email, from the middle", {order("orderAsc", "email")}, "", 0.5},
      {"by phone (nobody has one)", {order("orderAsc", "phone")}},
      {"by name, from the middle", {order("orderAsc", "name")}, "", 0.5},
      {"by name descending, from the middle", {order("orderDesc", "name")}, "", 0.5},
      {"by registration descending", {order("orderDesc", "registration")}},
      {"equal email", {filter("equal", "email", "\"user77@example.com\"")}},
      {"equal name", {filter("equal", "name", "\"user 77\"")}},
      {"name begins with", {filter("startsWith", "name", "\"user 7\""), order("orderAsc", "name")}},
      {"search two words", {}, "user77 nobody"},
      {"search an address in quotes", {}, "\"user77@example.com\""},
      {"search a word that everybody has", {}, "\"example\""},
      {.name = "search the beginning of many words", .queries = {}, .search = "user", .indexed = false},
      {.name = "name contains", .queries = {filter("contains", "name", "\"77\"")}, .indexed = false},
      {.name = "status is false (nobody's)", .queries = {filter("equal", "status", "false")}, .indexed = false},
      {.name = "by accessedAt", .queries = {order("orderDesc", "accessedAt")}, .indexed = false},
      {.name = "in a random order", .queries = {R"({"method":"orderRandom"})"}, .indexed = false}};
  return all;
}

/// Rows and bytes of one user's entries.
void print_entries() {
  User user;
  user.id = "65a0c5b7d3f1e8a90c12";
  user.sequence = 123456;
  user.name = "Ada Lovelace";
  user.email = "ada.lovelace@example.com";
  std::size_t rows = 0, bytes = 0, words = 0, word_bytes = 0;
  for (const storage::Put& entry : storage::list_entries(ProjectNo{1}, user)) {
    const std::size_t size = entry.key.size() + entry.value.size();
    const bool word = entry.key[4] == keys::kind_word;
    ++(word ? words : rows);
    (word ? word_bytes : bytes) += size;
  }
  std::printf(
      "a user named Ada Lovelace with an e-mail address and no phone: search adds %zu rows of %zu bytes, orders %zu of "
      "%zu\n",
      words, word_bytes, rows, bytes);
}

enum class With : std::uint8_t { nothing, orders, everything };

storage::Edits sign_up(std::uint64_t number, Time now, With with) {
  User user;
  user.id = "65a0c5b7d3" + std::to_string(1000000000 + number * 2654435761U % 1000000000);
  user.sequence = number;
  user.created_at = user.updated_at = user.registered_at = now;
  user.name = "Person " + std::to_string(number * 7919 % 100000);
  user.email = "person" + std::to_string(number * 2654435761U % 1000000007) + "@example.com";
  storage::Edits edits;
  edits.put.push_back(codec::put(keys::user(ProjectNo{7}, user.id), user));
  edits.put.push_back(codec::put(keys::credential(ProjectNo{7}, user.id), Credential{}));
  for (storage::Put& entry : storage::user_entries(ProjectNo{7}, user)) {
    const char kind = entry.key[4];
    if (kind == keys::kind_word && with != With::everything) continue;
    if (kind == keys::kind_sorted && with == With::nothing) continue;
    edits.put.push_back(std::move(entry));
  }
  return edits;
}

awaitable<void> keep_signing_up(storage::Engine& engine, With with, Steady until, std::uint64_t& next,
                                std::uint64_t& done) {
  const SystemClock clock;
  while (clock.steady() < until) {
    storage::EngineChange change;
    change.decide = [edits = sign_up(++next, clock.now(), with)](const storage::View&) -> result<storage::Edits> {
      return edits;
    };
    const result<void> written = co_await engine.submit(std::move(change));
    if (written) ++done;
  }
}

/// Durable sign-ups a second, without their hashes.
double sign_ups(const std::filesystem::path& folder, With with, std::uint64_t in_flight, double seconds) {
  const Opened opened(folder);
  const SystemClock clock;
  boost::asio::io_context context(1);
  std::uint64_t next = 0, done = 0;
  const Steady began = clock.steady();
  const Steady until = began + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
  for (std::uint64_t i = 0; i < in_flight; ++i)
    boost::asio::co_spawn(context, keep_signing_up(*opened.engine, with, until, next, done), boost::asio::detached);
  context.run();
  return static_cast<double>(done) / std::chrono::duration<double>(clock.steady() - began).count();
}

void print_sign_ups(const Options& options, const std::filesystem::path& folder) {
  for (const std::uint64_t in_flight : {1ULL, 128ULL}) {
    std::vector<double> without, ordered, whole;
    for (unsigned round = 0; round < options.rounds; ++round) {
      const std::string name = std::to_string(in_flight) + "-" + std::to_string(round);
      without.push_back(sign_ups(folder / ("a" + name), With::nothing, in_flight, options.seconds));
      ordered.push_back(sign_ups(folder / ("b" + name), With::orders, in_flight, options.seconds));
      whole.push_back(sign_ups(folder / ("c" + name), With::everything, in_flight, options.seconds));
    }
    const std::string label = "durable sign-ups, " + std::to_string(in_flight) + " in flight, with ";
    print_ratio(label + "orders : without", median(ordered), median(without), "1/second", "no goal");
    print_ratio(label + "orders and search : without", median(whole), median(without), "1/second", "no goal");
  }
}

}  // namespace

bool list(const Options& options) {
  TempFolder folder;
  const std::filesystem::path small_folder = folder.path() / "small";
  fill_store(small_folder, small_store);
  const std::filesystem::path large_folder = large_store(options, folder);
  Opened small(small_folder);
  Opened large(large_folder);
  std::printf("pages of 25 users, %llu users : %llu users, microseconds\n",
              static_cast<unsigned long long>(options.users), static_cast<unsigned long long>(small_store));
  for (const Page& page : pages()) {
    const double few = time_of(small, page, small_store);
    const double many = time_of(large, page, options.users);
    print_ratio(std::string("  ") + page.name, many, few, "microseconds", page.indexed ? "goal <= 3" : "scans");
  }
  print_entries();
  print_sign_ups(options, folder.path());
  return true;
}

}  // namespace portcullis::bench

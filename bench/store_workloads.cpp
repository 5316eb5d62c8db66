// Workloads on the store itself: durable session writes against raw LMDB, session checks against three raw reads.

#include <lmdb.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <stdexcept>

#include "bench/support.hpp"
#include "core/async/run_blocking.hpp"
#include "core/clock.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/seal.hpp"
#include "core/random.hpp"
#include "net/changes/projects.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/open.hpp"
#include "storage/owner_lock.hpp"
#include "storage/sessions.hpp"
#include "storage/store.hpp"
#include "storage/targets.hpp"
#include "storage/users.hpp"

namespace portcullis::bench {
namespace {

namespace codec = storage::codec;
namespace keys = storage::keys;

constexpr std::uint64_t fill_batch = 2000;
constexpr ProjectNo fill_project{1};  // the first project of a fresh store

std::string user_id(std::uint64_t number) {
  char text[24];
  std::snprintf(text, sizeof text, "%020llx", static_cast<unsigned long long>(number * 0x9E3779B97F4A7C15ULL));
  return text;
}

std::string selector_of(std::uint64_t number) { return user_id(number).substr(4, 16); }

Session make_session(std::uint64_t number, Time now) {
  Session session;
  session.id = user_id(number + 1);
  session.sequence = 1;
  session.created_at = session.updated_at = now;
  session.user_id = user_id(number);
  session.expires_at = now + std::chrono::hours(24 * 365);
  session.provider = "email";
  session.provider_uid = "user" + std::to_string(number) + "@example.com";
  session.factors = {"password"};
  session.ip = "203.0.113.7";
  session.country_code = "--";
  session.user_agent =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36";
  session.selector = selector_of(number);
  session.secret_hash = crypto::sha256(session.selector);
  return session;
}

/// Runs one change from outside any executor.
result<void> apply(storage::Engine& engine, storage::EngineChange change) {
  return run_blocking(engine.submit(std::move(change)));
}

PasswordHash stored_hash() {
  return {"argon2", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$" + std::string(43, 'A'),
          R"({"type":"argon2","memory_cost":19456,"time_cost":2,"threads":1})"};
}

void put_user(storage::Edits& edits, ProjectNo p, std::uint64_t number, Time now) {
  User user;
  user.id = user_id(number);
  user.sequence = number + 1;
  user.created_at = user.updated_at = user.registered_at = now;
  user.name = "User " + std::to_string(number);
  user.email = "user" + std::to_string(number) + "@example.com";
  user.password_updated_at = now;
  Credential credential;
  credential.hash = stored_hash();
  credential.password_revision = 1;
  Target target;
  target.id = "t" + user.id.substr(1);
  target.created_at = target.updated_at = now;
  target.user_id = user.id;
  target.provider_type = "email";
  target.identifier = user.email;
  const Session session = make_session(number, now);
  storage::put_new_user(edits, p, user);
  edits.put.push_back(codec::put(keys::accessed(p, user.id), now));
  edits.put.push_back(codec::put(keys::credential(p, user.id), credential));
  edits.put.push_back(codec::put(keys::session(p, user.id, session.selector), session));
  storage::put_target(edits, p, target);
}

/// Keeps one session write running.
awaitable<void> write_sessions(storage::Engine& engine, const Clock& clock, Steady until, std::uint64_t& next,
                               std::uint64_t& done) {
  constexpr ProjectNo p{7};
  while (clock.steady() < until) {
    const Session session = make_session(next++, clock.now());
    storage::EngineChange change;
    change.decide = [session](const storage::View&) -> result<storage::Edits> {
      storage::Edits edits;
      edits.put.push_back(codec::put(keys::session(p, session.user_id, session.selector), session));
      return edits;
    };
    const result<void> written = co_await engine.submit(std::move(change));
    if (written) ++done;
  }
}

void check_lmdb(int code) {
  if (code != MDB_SUCCESS) throw std::runtime_error(mdb_strerror(code));
}

/// Puts the same keys and values into LMDB directly, `batch` in a commit; returns puts a second.
double raw_writes(const std::filesystem::path& folder, std::uint64_t batch, double seconds, const Clock& clock) {
  std::filesystem::create_directories(folder);
  MDB_env* env = nullptr;
  check_lmdb(mdb_env_create(&env));
  check_lmdb(mdb_env_set_mapsize(env, std::size_t{16} << 30));
  check_lmdb(mdb_env_open(env, folder.c_str(), 0, 0600));
  std::uint64_t done = 0;
  MDB_dbi dbi = 0;
  const auto from = clock.steady();
  const auto until = from + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
  while (clock.steady() < until) {
    MDB_txn* txn = nullptr;
    check_lmdb(mdb_txn_begin(env, nullptr, 0, &txn));
    check_lmdb(mdb_dbi_open(txn, nullptr, 0, &dbi));
    for (std::uint64_t i = 0; i < batch; ++i) {
      const Session session = make_session(done++, clock.now());
      storage::Put row = codec::put(keys::session(ProjectNo{7}, session.user_id, session.selector), session);
      MDB_val key{row.key.size(), row.key.data()};
      MDB_val value{row.value.size(), row.value.data()};
      check_lmdb(mdb_put(txn, dbi, &key, &value, 0));
    }
    check_lmdb(mdb_txn_commit(txn));
  }
  const double spent = std::chrono::duration<double>(clock.steady() - from).count();
  mdb_env_close(env);
  return static_cast<double>(done) / spent;
}

double engine_writes(const std::filesystem::path& folder, std::uint64_t in_flight, double seconds, const Clock& clock) {
  std::filesystem::create_directories(folder);
  storage::OpenOptions options;
  options.folder = folder;
  const std::unique_ptr<storage::Engine> engine = storage::open_store(options);
  boost::asio::io_context context(1);
  std::uint64_t next = 0, done = 0;
  const auto from = clock.steady();
  const auto until = from + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
  for (std::uint64_t i = 0; i < in_flight; ++i)
    boost::asio::co_spawn(context, write_sessions(*engine, clock, until, next, done), boost::asio::detached);
  context.run();
  const double spent = std::chrono::duration<double>(clock.steady() - from).count();
  const storage::Engine::Stats stats = engine->stats();
  std::printf("  %llu in flight: %.0f changes a commit\n", static_cast<unsigned long long>(in_flight),
              stats.commits ? static_cast<double>(stats.changes) / static_cast<double>(stats.commits) : 0.0);
  engine->stop();
  return static_cast<double>(done) / spent;
}

awaitable<void> check_identities(storage::Store& store, ProjectNo p, std::uint64_t users, std::uint64_t count,
                                 std::uint64_t& found) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t number = i * 7919 % users;
    std::string id = user_id(number);
    std::string selector = selector_of(number);
    const result<std::unique_ptr<storage::Profile>> profile =
        co_await store.profile(p, std::move(id), std::move(selector));
    if (profile && *profile && (*profile)->session) ++found;
  }
}

ProjectNo bench_project(storage::Store& store) {
  const result<std::vector<Project>> projects = store.all_projects_now();
  if (!projects) throw std::runtime_error("the large store cannot be read");
  for (const Project& project : *projects)
    if (project.id == "bench") return project.number;
  throw std::runtime_error("the large store has no bench project");
}

/// Runs `pass` twice and returns the microseconds for each item in the second run; the first one faults the mapped
/// pages in.
template <class Pass>
double warm_microseconds(std::uint64_t count, Pass pass) {
  const SystemClock clock;
  double spent = 0;
  for (int i = 0; i < 2; ++i) {
    const auto from = clock.steady();
    const std::uint64_t found = pass();
    spent = std::chrono::duration<double, std::micro>(clock.steady() - from).count();
    if (found != count) throw std::runtime_error("only " + std::to_string(found) + " rows were found");
  }
  return spent / static_cast<double>(count);
}

/// Microseconds of Store::profile with its session, for random users.
double product_identity(const std::filesystem::path& folder, std::uint64_t users, std::uint64_t count) {
  storage::OpenOptions options;
  options.folder = folder;
  const std::unique_ptr<storage::Engine> engine = storage::open_store(options);
  storage::Store store(*engine);
  const ProjectNo p = bench_project(store);
  const double spent = warm_microseconds(count, [&] {
    boost::asio::io_context context(1);
    std::uint64_t found = 0;
    boost::asio::co_spawn(context, check_identities(store, p, users, count, found), boost::asio::detached);
    context.run();
    return found;
  });
  engine->stop();
  return spent;
}

/// Microseconds of a renewed read transaction and three mdb_get: of the rows of three users, or of one user, whose rows
/// are adjacent, so that the second and third read find their pages in the caches.
double raw_identity(const std::filesystem::path& folder, std::uint64_t users, std::uint64_t count, bool one_user) {
  MDB_env* env = nullptr;
  check_lmdb(mdb_env_create(&env));
  check_lmdb(mdb_env_open(env, folder.c_str(), MDB_RDONLY, 0600));
  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;
  check_lmdb(mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn));
  check_lmdb(mdb_dbi_open(txn, nullptr, 0, &dbi));
  const double spent = warm_microseconds(count, [&] {
    std::uint64_t found = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t number = i * 7919 % users;
      const std::uint64_t second = one_user ? number : (number + users / 3) % users;
      const std::uint64_t third = one_user ? number : (number + users / 2) % users;
      mdb_txn_reset(txn);
      check_lmdb(mdb_txn_renew(txn));
      std::size_t rows = 0;
      for (std::string key :
           {keys::user(fill_project, user_id(number)), keys::credential(fill_project, user_id(second)),
            keys::session(fill_project, user_id(third), selector_of(third))}) {
        MDB_val name{key.size(), key.data()};
        MDB_val value{};
        if (mdb_get(txn, dbi, &name, &value) == MDB_SUCCESS) ++rows;
      }
      if (rows == 3) ++found;
    }
    return found;
  });
  mdb_txn_abort(txn);
  mdb_env_close(env);
  return spent;
}

}  // namespace

void fill_store(const std::filesystem::path& folder, std::uint64_t users) {
  std::filesystem::create_directories(folder);
  SystemClock clock;
  SystemRandom random;
  storage::OpenOptions options;
  options.folder = folder;
  const std::unique_ptr<storage::Engine> engine = storage::open_store(options);
  const crypto::Sealer sealer(crypto::load_or_create_seal_key(folder / "seal.key", random, true), random);
  ProjectSettings settings;
  settings.name = "Bench";
  storage::Change<Project> create =
      changes::create_project(changes::new_project("bench", settings, clock.now(), sealer, random));
  const auto made = std::make_shared<Project>();
  auto decide = [made, inner = create.decide](const storage::View& view) -> result<storage::Edits> {
    result<storage::Decision<Project>> decision = inner(view);
    if (!decision) return decision.error();
    *made = decision->value;
    return std::move(decision->edits);
  };
  if (!apply(*engine, storage::EngineChange{.reads = create.reads, .decide = decide}))
    throw std::runtime_error("the bench project could not be created");
  const ProjectNo p = made->number;
  for (std::uint64_t from = 0; from < users; from += fill_batch) {
    const std::uint64_t to = std::min(users, from + fill_batch);
    storage::EngineChange change;
    change.decide = [p, from, to, now = clock.now()](const storage::View&) -> result<storage::Edits> {
      storage::Edits edits;
      for (std::uint64_t number = from; number < to; ++number) put_user(edits, p, number, now);
      storage::Counters counters{to, to + 1};
      counters.hash_classes.add(stored_hash(), to);
      edits.put.push_back(codec::put(keys::counters(p), counters));
      return edits;
    };
    if (!apply(*engine, std::move(change))) throw std::runtime_error("the store could not be filled");
    if (from % (fill_batch * 50) == 0)
      std::fprintf(stderr, "\r  filling: %llu of %llu users", static_cast<unsigned long long>(to),
                   static_cast<unsigned long long>(users));
  }
  std::fprintf(stderr, "\r%60s\r", "");
  engine->stop();
}

std::filesystem::path large_store(const Options& options, const TempFolder& fallback) {
  const std::filesystem::path folder = (options.keep.empty() ? fallback.path() : options.keep) / "large";
  if (!std::filesystem::exists(folder / "data.mdb")) fill_store(folder, options.users);
  return folder;
}

bool writer(const Options& options) {
  TempFolder folder;
  SystemClock clock;
  for (const std::uint64_t batch : {1ULL, 16ULL, 128ULL, 1024ULL}) {
    std::vector<double> ours, theirs;
    for (unsigned round = 0; round < options.rounds; ++round) {
      const std::string name = std::to_string(batch) + "-" + std::to_string(round);
      // Changes that arrive while a flush runs form the next batch, so twice as many concurrent ones keep batches full.
      ours.push_back(
          engine_writes(folder.path() / ("engine-" + name), batch == 1 ? 1 : batch * 2, options.seconds, clock));
      theirs.push_back(raw_writes(folder.path() / ("raw-" + name), batch, options.seconds, clock));
    }
    print_ratio("durable session writes, batch " + std::to_string(batch), median(ours), median(theirs), "1/second",
                "goal 0.8");
  }
  return true;
}

bool identity(const Options& options) {
  TempFolder temporary;
  const std::filesystem::path folder = large_store(options, temporary);
  constexpr std::uint64_t count = 200000;
  std::vector<double> ours, anywhere, neighbours;
  for (unsigned round = 0; round < options.rounds; ++round) {
    ours.push_back(product_identity(folder, options.users, count));
    anywhere.push_back(raw_identity(folder, options.users, count, false));
    neighbours.push_back(raw_identity(folder, options.users, count, true));
  }
  std::printf("identity check, %llu users\n", static_cast<unsigned long long>(options.users));
  print_ratio("  : three raw mdb_get", median(ours), median(anywhere), "microseconds", "goal <= 1.0");
  print_ratio("  : three raw mdb_get of one user's rows", median(ours), median(neighbours), "microseconds", "no goal");
  return true;
}

}  // namespace portcullis::bench

// How requests meet the hash pool: what their tickets say, what is refused before the store is read, and how long the
// steps of a request with a slow hash may wait.

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <semaphore>

#include "net/pipeline/call.hpp"
#include "storage/check.hpp"
#include "storage/credentials.hpp"
#include "tests/support/app_fixture.hpp"
#include "tests/support/run.hpp"

namespace portcullis::test {
namespace {

using http::Method;
using namespace std::chrono_literals;

/// Of `appwrite`: takes longer than `short_deadline`.
const std::string slow_bcrypt = "$2a$14$CCCCCCCCCCCCCCCCCCCCC.DBpNrXZ3VsuHMbuhczb0bKs/CVMdcgq";
constexpr std::chrono::milliseconds short_deadline{600};

struct Admitted : AppFixture {
  explicit Admitted(void (*configure)(Config&) = nullptr) : AppFixture(configure) {}
  Headers key{{"X-Appwrite-Key", make_key({"users.read", "users.write"})}};
  Services& services = app().services();
  std::shared_ptr<const LiveProject> project = services.projects.find("p1");

  std::uint64_t refused(HashRefusal why) const { return services.pool.stats().refusals[static_cast<std::size_t>(why)]; }
  /// A user of whom nothing can be read.
  void add_damaged(const std::string& email) {
    const std::string id = sign_up(email).text("$id");
    storage::Edits edits;
    edits.put.push_back({storage::keys::credential(project->number(), id), "damaged"});
    storage::EngineChange change;
    change.decide = [edits](const storage::View&) -> result<storage::Edits> { return edits; };
    BOOST_REQUIRE(run(app().engine().submit(std::move(change))));
  }
  /// A call of a client at this address, a second ago.
  Call called_from(const std::string& address) const {
    Call call;
    call.live_project = project;
    call.client.address = boost::asio::ip::make_address(address);
    call.started = services.clock.steady() - 1s;
    return call;
  }
};

struct ShortDeadline : Admitted {
  ShortDeadline()
      : Admitted([](Config& config) {
          config.hash_deadline = short_deadline;
          config.admin_hash_deadline = 60s;
        }) {}
  std::string import_slow(const std::string& email) {
    const Reply made =
        call(Method::post, "/v1/users/bcrypt",
             R"j({"userId":"unique()","email":")j" + email + R"(","password":")" + slow_bcrypt + "\"}", key);
    BOOST_REQUIRE(made.status() == 201);
    return made.text("$id");
  }
  std::string stored_algorithm(const std::string& email) {
    const result<std::optional<storage::Account>> account =
        run(services.store.account_by_email(project->number(), email));
    BOOST_REQUIRE(account);
    return account->value().credential.hash.algorithm;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(app_admission)

BOOST_FIXTURE_TEST_CASE(a_ticket_says_whose_work_it_is_and_until_when, Admitted) {
  const Call one = called_from("198.51.100.7"), neighbour = called_from("198.51.100.8");
  const Call stranger = called_from("203.0.113.7");
  const HashTicket ticket = one.ticket(services, "ada@example.com");
  BOOST_TEST((ticket.project == project->number()));
  BOOST_TEST(ticket.account != 0U);
  BOOST_TEST(ticket.network != 0U);
  BOOST_TEST(ticket.network == neighbour.ticket(services, "").network);
  BOOST_TEST(ticket.network != stranger.ticket(services, "").network);
  BOOST_TEST(ticket.account == stranger.ticket(services, "ada@example.com").account);
  BOOST_TEST(ticket.account != one.ticket(services, "bob@example.com").account);
  BOOST_TEST(!ticket.privileged);
  // A little of the deadline is kept for what follows the hash.
  BOOST_TEST((ticket.deadline < one.started + services.config.hash_deadline));
  BOOST_TEST((ticket.deadline > one.started + services.config.hash_deadline * 9 / 10));
  for (const policies::Caller caller : {policies::Caller::key, policies::Caller::admin}) {
    Call privileged = called_from("198.51.100.7");
    privileged.principal.caller = caller;
    const HashTicket patient = privileged.ticket(services, "ada@example.com");
    BOOST_TEST(patient.privileged);
    BOOST_TEST((patient.deadline > privileged.started + services.config.admin_hash_deadline * 9 / 10));
  }
}

BOOST_FIXTURE_TEST_CASE(a_sign_in_without_room_is_refused_before_the_store_is_read, Admitted) {
  add_damaged("ada@example.com");
  BOOST_TEST(sign_in("ada@example.com").status() == 500);  // it was read
  services.pool.stop(0ms);
  const Reply refusal = sign_in("ada@example.com");
  BOOST_TEST(refusal.status() == 503);
  BOOST_TEST(refusal.type() == "server_busy");
  BOOST_TEST(refused(HashRefusal::stopping) == 1U);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_hashed_for_a_client_who_has_gone, Admitted) {
  sign_up("ada@example.com");
  gone = std::make_shared<std::atomic<bool>>(true);
  BOOST_TEST(sign_in("ada@example.com").status() == 503);
  BOOST_TEST(refused(HashRefusal::client_gone) == 1U);
  *gone = false;
  BOOST_TEST(sign_in("ada@example.com").status() == 201);
}

BOOST_FIXTURE_TEST_CASE(sign_ins_of_one_account_are_bounded_from_whatever_network, Admitted) {
  sign_up("ada@example.com");
  sign_up("bob@example.com");
  std::binary_semaphore opened{0};
  std::vector<HashWork> works(HashPoolOptions{}.account_limit, [](HashArena) {});
  std::atomic<bool> gave_up{false};
  works.front() = [&](HashArena) { gave_up = !opened.try_acquire_for(20s); };
  HashTicket ticket = called_from("198.51.100.7").ticket(services, "ada@example.com");
  ticket.deadline += 1h;
  boost::asio::io_context context(1);
  boost::asio::co_spawn(context, services.pool.run(services.hasher.cost_class(), std::move(works), std::move(ticket)),
                        [](const std::exception_ptr&, const result<void>& ran) { BOOST_TEST(ran.has_value()); });
  context.poll();
  BOOST_TEST(sign_in("Ada@Example.com").status() == 503);
  BOOST_TEST(refused(HashRefusal::account_full) == 1U);
  opened.release();
  context.run();
  BOOST_TEST(!gave_up);
  BOOST_TEST(sign_in("ada@example.com").status() == 201);
  BOOST_TEST(sign_in("bob@example.com").status() == 201);
}

BOOST_FIXTURE_TEST_CASE(a_hash_that_takes_longer_than_the_deadline_is_replaced_at_the_first_sign_in, ShortDeadline) {
  import_slow("ada@example.com");
  BOOST_TEST(sign_in("ada@example.com", "appwrite").status() == 201);
  BOOST_TEST(stored_algorithm("ada@example.com") == "argon2");
  BOOST_TEST(sign_in("ada@example.com", "appwrite").status() == 201);
}

BOOST_FIXTURE_TEST_CASE(a_password_changes_although_the_old_hash_takes_longer_than_the_deadline, ShortDeadline) {
  set([](ProjectSettings& settings) { settings.password_history = 5; });
  const std::string id = import_slow("ada@example.com");
  const std::string secret = call(Method::post, "/v1/users/" + id + "/sessions", "{}", key).text("secret");
  BOOST_REQUIRE(!secret.empty());
  const auto change = [&](const std::string& from, const std::string& to) {
    return call(Method::patch, "/v1/account/password", R"({"oldPassword":")" + from + R"(","password":")" + to + "\"}",
                with_session(secret))
        .status();
  };
  BOOST_TEST(change("appwrite", "password-1") == 200);
  // The slow hash is remembered now, and compared with each new password.
  BOOST_TEST(change("password-1", "appwrite") == 400);
  BOOST_TEST(change("password-1", "password-2") == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test

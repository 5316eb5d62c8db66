#include "storage/query/identities.hpp"
#include "storage/counters.hpp"

#include <algorithm>

#include "storage/identities.hpp"
#include "storage/query/scan.hpp"
#include "storage/query/slice.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage::query {
namespace {

constexpr ProjectNo p{1};
constexpr std::uint64_t many = 300;

/// Identities of 20 users at 3 providers, some with an e-mail address that others share.
struct Filled {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  Identities source{p};
  std::vector<std::unique_ptr<Item>> items;

  Filled() {
    Edits edits;
    std::vector<Ref> refs;
    for (std::uint64_t i = 1; i <= many; ++i) {
      Identity made = sample_identity("user" + std::to_string(i % 20), "i" + std::to_string(i * 7919 % 1000), i);
      made.provider = i % 3 == 0 ? "github" : i % 3 == 1 ? "google" : "apple";
      made.created_at = from_millis(static_cast<std::int64_t>(i % 50));
      made.provider_email = i % 4 == 0 ? "" : "mail" + std::to_string(i % 30) + "@example.com";
      if (i % 7 == 0) made.provider_email = std::string(90, 'x') + std::to_string(i % 2) + "@example.com";
      if (i % 5 == 0) made.access_token_expires_at.reset();
      put_identity(edits, p, made);
      refs.push_back(Ref{i, {}});
    }
    edits.put.push_back(codec::put(keys::counters(p), Counters{20, 21, many, many + 1}));
    BOOST_REQUIRE(submit_now(*engine, writes(std::move(edits.put))));
    items = *source.load(*engine, refs);
    for (const std::unique_ptr<Item>& item : items) BOOST_REQUIRE(item);
  }

  struct Found {
    std::vector<std::string> ids;
    std::uint64_t total = 0;
    friend bool operator==(const Found&, const Found&) = default;
  };

  Found scan(const Query& query) {
    Scan scan(*engine, source, Wanted{query, {}, true, 0});
    for (int steps = 0; steps < 10000; ++steps) {
      const result<bool> done = scan.step();
      BOOST_REQUIRE(done);
      if (!*done) continue;
      Found found{{}, scan.total()};
      for (const std::optional<Identity>& each : *identities(*engine, p, scan.page())) found.ids.push_back(each->id);
      return found;
    }
    BOOST_FAIL("the scan does not end");
    return {};
  }

  /// What the list in memory says.
  Found expected(const Query& query) {
    std::vector<const Item*> all;
    for (const std::unique_ptr<Item>& item : items) all.push_back(item.get());
    const result<Slice> page = slice(query, source.attributes(), all, 0, true);
    BOOST_REQUIRE(page);
    Found found{{}, page->total};
    for (const std::size_t position : page->positions) found.ids.emplace_back(all[position]->id());
    return found;
  }

  void agrees(std::vector<std::string> texts) {
    const result<Query> query = read(texts, source.attributes());
    BOOST_REQUIRE(query);
    const Found found = scan(*query);
    BOOST_TEST((found == expected(*query)), texts.front());
  }
};

std::string filter(const std::string& method, const std::string& attribute, const std::string& values) {
  return R"({"method":")" + method + R"(","attribute":")" + attribute + R"(","values":[)" + values + "]}";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(list_of_identities, Filled)

BOOST_AUTO_TEST_CASE(each_filter_and_order_answers_what_the_list_in_memory_does) {
  const std::string limit = R"({"method":"limit","values":[7]})";
  const std::string id(items[40]->id());
  for (const std::string& one :
       {filter("equal", "userId", R"("user3")"), filter("equal", "userId", R"("user3","user4","nobody")"),
        filter("equal", "provider", R"("google")"), filter("equal", "providerUid", "\"uid-" + id + "\""),
        filter("equal", "providerEmail", R"("MAIL5@example.com")"), filter("isNull", "providerEmail", ""),
        filter("equal", "providerEmail", "\"" + std::string(90, 'x') + "1@example.com\""),
        filter("isNull", "providerAccessTokenExpiry", ""), filter("equal", "$id", "\"" + id + "\""),
        filter("equal", "$sequence", "17"), filter("greaterThan", "$sequence", "250"),
        filter("startsWith", "$id", R"("i9")"), filter("lessThan", "$createdAt", R"("1970-01-01T00:00:00.010Z")"),
        filter("equal", "userId", R"("")")}) {
    agrees({one, limit});
    agrees({one, limit, R"({"method":"orderDesc","attribute":"$id"})"});
    agrees({one, limit, R"({"method":"orderAsc","attribute":"providerEmail"})"});
    agrees({one, limit, R"({"method":"cursorAfter","values":[")" + id + "\"]}"});
    agrees({one, limit, R"({"method":"cursorBefore","values":[")" + id + "\"]}"});
  }
}

BOOST_AUTO_TEST_CASE(without_a_query_they_come_as_they_were_made_and_all_are_counted) {
  const Found found = scan(Query{});
  BOOST_TEST(found.total == many);
  BOOST_REQUIRE(found.ids.size() == default_limit);
  BOOST_TEST(found.ids.front() == items.front()->id());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage::query

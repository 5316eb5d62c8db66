#include "storage/query/scan.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/keys.hpp"

#include <algorithm>
#include <random>
#include <sstream>

#include "core/words.hpp"
#include "storage/query/slice.hpp"
#include "storage/query/users.hpp"
#include "storage/sessions.hpp"
#include "storage/users.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage::query {
namespace {

constexpr ProjectNo p{1};
constexpr std::uint64_t people = 400;

/// Repeatable choices.
class Dice {
 public:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class T>
  const T& of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::mt19937_64 random_{20260101};
};

const std::vector<std::string> names{
    "",     "Ada",      "ada",  "ADA Lovelace",       "Bla\xc3\xafse",           "\xc3\x84",
    "zuse", "Zuse two", "x\1y", std::string(70, 'n'), std::string(69, 'n') + "A"};
const std::vector<std::string> heads{"", "ad", "ada", "zuse.two-", std::string(55, 'm'), std::string(50, 'm') + "n"};
const std::vector<std::string> labels{"vip", "VIP", "beta", "a1"};

User random_user(Dice& dice, std::uint64_t sequence) {
  User user;
  user.sequence = sequence;
  user.id = (dice.one_in(2) ? "U" : "u") + std::to_string(sequence * 7919 % 1000) + std::string(dice.below(3), 'x');
  user.created_at = from_millis(static_cast<std::int64_t>(dice.below(40)) - 10);
  user.registered_at = from_millis(static_cast<std::int64_t>(dice.below(5)));
  user.updated_at = from_millis(static_cast<std::int64_t>(dice.below(20)));
  user.name = dice.of(names);
  if (!dice.one_in(4)) user.email = dice.of(heads) + std::to_string(sequence) + "@example.test";
  if (dice.one_in(2)) user.phone = "+4930" + std::to_string(sequence);
  user.status = !dice.one_in(5);
  user.email_verified = dice.one_in(3);
  if (dice.one_in(2)) user.password_updated_at = from_millis(static_cast<std::int64_t>(dice.below(9)));
  for (const std::string& label : labels)
    if (dice.one_in(3)) user.labels.push_back(label);
  return user;
}

std::string text_of(const Query& query, const std::string& search) {
  std::ostringstream out;
  for (const Filter& filter : query.filters)
    out << "filter " << static_cast<int>(filter.method) << " on " << user_attributes()[filter.attribute].name << " of "
        << filter.values.size() << "; ";
  for (const Order& order : query.orders)
    out << "order " << user_attributes()[order.attribute].name << (order.descending ? " desc; " : " asc; ");
  out << "limit " << query.limit.value_or(0) << " offset " << query.offset << " cursor " << query.cursor
      << (query.before ? " before" : " after") << " search " << search;
  return out.str();
}

struct Found {
  std::vector<std::string> ids;
  std::uint64_t total = 0;
  errc refused = errc::again;  ///< `again` = not refused
  friend bool operator==(const Found&, const Found&) = default;
};

struct Filled {
  TemporaryFolder folder;
  std::unique_ptr<Engine> engine = open_lmdb(options_for(folder.path()));
  Users source{p};
  Dice dice;
  std::vector<std::unique_ptr<Item>> items;

  Filled() {
    Edits edits;
    std::vector<Ref> refs;
    for (std::uint64_t sequence = 1; sequence <= people; ++sequence) {
      const User user = random_user(dice, sequence);
      put_new_user(edits, p, user);
      edits.put.push_back(codec::put(keys::credential(p, user.id), Credential{}));
      if (dice.one_in(3)) edits.put.push_back(codec::put(keys::accessed(p, user.id), from_millis(5)));
      // So many rows of one user that reads of the user's rows end among them.
      for (std::uint64_t i = 0; i < (sequence % 50 == 0 ? 300U : 1U); ++i) {
        const std::string selector = std::to_string(i);
        edits.put.push_back(codec::put(keys::session(p, user.id, selector), sample_session(user.id, selector, i)));
      }
      refs.push_back(Ref{sequence, {}});
    }
    edits.put.push_back(codec::put(keys::counters(p), Counters{people, people + 1}));
    BOOST_REQUIRE(submit_now(*engine, writes(std::move(edits.put))));
    items = *source.load(*engine, refs);
    for (const std::unique_ptr<Item>& item : items) BOOST_REQUIRE(item);
  }

  Found scan(const Query& query, const std::string& search, bool total, std::uint64_t few = most_gathered,
             std::uint64_t most = most_gathered) {
    Scan scan(*engine, source, Wanted{query, search, total, 0, default_limit, few, most});
    for (int steps = 0; steps < 10000; ++steps) {
      const result<bool> done = scan.step();
      if (!done) return Found{{}, 0, done.error().code};
      if (!*done) continue;
      const std::vector<std::string> ids = *user_ids(*engine, p, scan.page());
      return Found{ids, scan.total()};
    }
    BOOST_FAIL("the scan does not end");
    return {};
  }

  /// What the list in memory says; the cursor need not be found by the search.
  Found expected(const Query& query, const std::string& search, bool total) {
    const Search words = read_search(search);
    std::vector<const Item*> found;
    for (const std::unique_ptr<Item>& item : items) {
      const bool is_cursor = item->id() == query.cursor;
      if (search.empty() || is_cursor || finds(words, source.searched(*item))) found.push_back(item.get());
    }
    const result<Slice> page = slice(query, user_attributes(), found, 0, total);
    if (!page) return Found{{}, 0, page.error().code};
    Found out{{}, page->total};
    for (const std::size_t position : page->positions) out.ids.emplace_back(found[position]->id());
    if (!total || search.empty() || query.cursor.empty()) return out;
    const auto counts = [&](const std::unique_ptr<Item>& item) {
      return hold(query.filters, user_attributes(), *item) && finds(words, source.searched(*item));
    };
    out.total = static_cast<std::uint64_t>(std::count_if(items.begin(), items.end(), counts));
    return out;
  }

  Operand value_of(std::size_t attribute) {
    const Shown shown = items[dice.below(items.size())]->show(attribute);
    const Type type = user_attributes()[attribute].type;
    if (const auto* list = std::get_if<std::vector<std::string_view>>(&shown))
      return list->empty() ? Operand(std::string("vip")) : Operand(std::string(list->front()));
    if (const bool* flag = std::get_if<bool>(&shown)) return *flag;
    if (const std::int64_t* number = std::get_if<std::int64_t>(&shown)) return *number;
    if (type == Type::number || type == Type::time) return std::int64_t{3};
    const std::string text(std::holds_alternative<std::monostate>(shown) ? "z" : std::get<std::string_view>(shown));
    const std::string part = dice.one_in(3) ? text.substr(0, dice.below(4)) : text;
    return type == Type::text ? fold_case(part) : part;
  }

  Filter random_filter() {
    Filter filter;
    filter.attribute = dice.below(user_attributes().size());
    const Type type = user_attributes()[filter.attribute].type;
    if (type == Type::list) {
      filter.method = dice.of(std::vector<Method>{Method::contains, Method::not_contains, Method::contains_all});
    } else {
      const bool text = type == Type::text || type == Type::exact;
      filter.method = static_cast<Method>(dice.below(text ? 17 : 10));
    }
    const bool two = filter.method == Method::between || filter.method == Method::not_between;
    const bool any = filter.method == Method::equal || filter.method >= Method::contains;
    const bool none = filter.method == Method::is_null || filter.method == Method::is_not_null;
    for (std::uint64_t i = 0; i < (none ? 0 : (two ? 2 : (any ? 1 + dice.below(3) : 1))); ++i)
      filter.values.push_back(value_of(filter.attribute));
    return filter;
  }

  std::string random_search() {
    return dice.of(std::vector<std::string>{"ada", "a", "e", "example", "zuse two", "\"zuse two\"", "vip", "label",
                                            "nobody", "\"lovelace\"", "\"example test\"", "two example", ">", "u",
                                            "\"ada ada\""});
  }

  Query random_query() {
    Query query;
    for (std::uint64_t i = dice.below(3); i > 0; --i) query.filters.push_back(random_filter());
    if (dice.one_in(5)) {
      Filter group{dice.one_in(2) ? Method::any_of : Method::all_of, 0, {}, {}};
      group.parts = {random_filter(), random_filter()};
      query.filters.push_back(std::move(group));
    }
    for (std::uint64_t i = dice.below(3); i > 0; --i) {
      const std::size_t attribute = dice.below(user_attributes().size());
      if (user_attributes()[attribute].type != Type::list) query.orders.push_back(Order{attribute, dice.one_in(2)});
    }
    query.limit = 1 + dice.below(60);
    if (dice.one_in(3)) query.offset = dice.below(90);
    if (dice.one_in(2)) query.cursor = std::string(items[dice.below(items.size())]->id());
    query.before = !query.cursor.empty() && dice.one_in(2);
    return query;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(scans_of_users, Filled)

BOOST_AUTO_TEST_CASE(every_way_to_answer_a_query_answers_what_the_list_in_memory_does) {
  int pages = 0;
  for (int i = 0; i < 4000; ++i) {
    const Query query = random_query();
    const std::string search = dice.one_in(3) ? random_search() : std::string();
    const bool total = dice.one_in(2);
    const Found wanted = expected(query, search, total);
    const Found found = scan(query, search, total, dice.of(std::vector<std::uint64_t>{0, 20, 150, most_gathered}));
    pages += wanted.ids.empty() ? 0 : 1;
    BOOST_REQUIRE_MESSAGE(found == wanted, text_of(query, search)
                                               << ": " << found.ids.size() << " of " << found.total << " instead of "
                                               << wanted.ids.size() << " of " << wanted.total);
  }
  BOOST_TEST(pages > 1000);
}

BOOST_AUTO_TEST_CASE(a_query_without_filters_counts_by_the_counter_and_others_count_at_most_five_thousand) {
  BOOST_REQUIRE(submit_now(*engine, writes({codec::put(keys::counters(p), Counters{7000, 7001})})));
  BOOST_TEST(scan({}, "", true).total == 5000U);
  BOOST_TEST(scan({}, "", false).total == 0U);
  BOOST_TEST(scan({}, "example", true).total < people);
}

BOOST_AUTO_TEST_CASE(a_random_order_is_another_for_another_seed_and_holds_everybody) {
  Query query;
  query.random = true;
  query.limit = people;
  const Found once = scan(query, "", true);
  BOOST_TEST(once.ids.size() == people);
  std::vector<std::string> in_order = once.ids;
  std::sort(in_order.begin(), in_order.end());
  BOOST_TEST((std::unique(in_order.begin(), in_order.end()) == in_order.end()));
  BOOST_TEST((once.ids != scan({}, "", true).ids));
  query.cursor = once.ids.front();
  BOOST_TEST((scan(query, "", true).refused == errc::general_query_invalid));
}

BOOST_AUTO_TEST_CASE(a_cursor_that_names_nobody_or_nothing_in_the_order_is_refused) {
  Query query;
  query.cursor = "nobody";
  BOOST_TEST((scan(query, "", true).refused == errc::general_cursor_not_found));
  const std::size_t email = find(user_attributes(), "email");
  const auto no_email = [&](const auto& item) { return std::holds_alternative<std::monostate>(item->show(email)); };
  query.cursor = std::string((*std::find_if(items.begin(), items.end(), no_email))->id());
  query.orders = {Order{email, true}};
  BOOST_TEST((scan(query, "", true).refused == errc::database_query_order_null));
}

BOOST_AUTO_TEST_CASE(too_many_to_put_in_an_order_without_an_index_are_refused_and_with_one_are_not) {
  Query query;
  query.offset = 60000;
  BOOST_TEST((scan(query, "", true).refused == errc::again));
  query.orders = {Order{find(user_attributes(), "status"), false}};
  BOOST_TEST((scan(query, "", true, 0, people - 1).refused == errc::general_query_invalid));
  const Found beyond_all = scan(query, "", true, 0, people);
  BOOST_TEST((beyond_all.refused == errc::again));
  BOOST_TEST(beyond_all.ids.empty());
  query.filters = {Filter{Method::equal, find(user_attributes(), "$id"), {std::string(items[0]->id())}, {}}};
  BOOST_TEST((scan(query, "", true, 0, 5).refused == errc::again));
  query.filters.clear();
  query.offset = 2;
  BOOST_TEST(scan(query, "", true, 0, 2 + default_limit).ids.size() == default_limit);
}

BOOST_AUTO_TEST_CASE(a_part_of_an_index_is_counted_before_it_is_put_in_order_unless_it_is_in_order_already) {
  const std::size_t created = find(user_attributes(), "$createdAt");
  Query query;
  query.filters = {Filter{Method::greater, created, {std::int64_t{25}}, {}}};
  const auto planned = [&] {
    const Ranking ranking(query, user_attributes(), 0);
    result<Plan> made = plan(*engine, source, Question{query, ranking});
    BOOST_REQUIRE(made);
    return std::move(*made);
  };
  const Plan narrow = planned();
  BOOST_TEST(narrow.count != nullptr);
  BOOST_TEST(!narrow.ordered);
  BOOST_REQUIRE(narrow.otherwise);
  BOOST_TEST(narrow.otherwise->ordered);
  query.orders = {Order{created, true}};
  const Plan own_order = planned();
  BOOST_TEST(own_order.count == nullptr);
  BOOST_TEST(own_order.ordered);
}

BOOST_AUTO_TEST_CASE(a_count_is_of_users_not_of_their_rows_and_reads_no_values) {
  const Range all = source.index(find(user_attributes(), "$id"))->all;
  BOOST_TEST(all.keys_only);
  const auto is_over = [&](std::uint64_t bound) {
    Count count({all}, bound);
    for (;;) {
      const result<bool> more = count.next(*engine, source);
      BOOST_REQUIRE(more);
      if (!*more) return count.is_over();
    }
  };
  BOOST_TEST(is_over(people - 1));
  BOOST_TEST(!is_over(people));
  const Rows rows = *engine->read_now(Reads{{}, {all}});
  BOOST_REQUIRE(!rows.view().ranges[0].empty());
  for (const Row& row : rows.view().ranges[0]) BOOST_TEST(row.value.empty());
}

BOOST_AUTO_TEST_CASE(a_scan_says_how_much_it_holds_of_what_it_gathers_and_of_its_page) {
  Query query;
  query.orders = {Order{find(user_attributes(), "status"), false}};
  query.limit = 5;
  const auto most_held = [&] {
    Scan scan(*engine, source, Wanted{query, "", false, 0});
    std::size_t most = 0;
    while (!*scan.step()) most = std::max(most, scan.bytes());
    BOOST_TEST(scan.bytes() >= scan.page().size() * sizeof(Ref));
    BOOST_TEST(scan.bytes() <= scan.page().size() * 100);
    return most;
  };
  BOOST_TEST(most_held() < 2000U);
  query.offset = people;  // all are gathered
  BOOST_TEST(most_held() > people * 100);
}

BOOST_AUTO_TEST_CASE(a_damaged_entry_or_record_is_an_error_and_never_a_guess) {
  const std::string row = keys::user(p, items[3]->id());
  std::string bytes = *portcullis::storage::value_of(*engine, row);
  bytes[12] = static_cast<char>(bytes[12] ^ 1);
  BOOST_REQUIRE(submit_now(*engine, writes({Put{row, bytes}})));
  Query query;
  query.filters = {Filter{Method::equal, find(user_attributes(), "status"), {true}, {}}};
  BOOST_TEST((scan(query, "", true).refused == errc::record_corrupt));
  BOOST_REQUIRE(submit_now(*engine, writes({Put{keys::order_index(p, 1), "damaged"}})));
  BOOST_TEST((scan({}, "", true).refused == errc::record_corrupt));
}

BOOST_AUTO_TEST_CASE(a_change_of_a_user_leaves_no_entry_of_the_former) {
  User user = random_user(dice, people + 1);
  user.id = "changing";
  Edits made;
  put_new_user(made, p, user);
  BOOST_REQUIRE(submit_now(*engine, writes(std::move(made.put))));
  for (int i = 0; i < 50; ++i) {
    User next = random_user(dice, people + 1);
    next.id = user.id;
    Edits edits;
    put_changed_user(edits, p, user, next);
    BOOST_REQUIRE(submit_now(*engine, writes(std::move(edits.put), std::move(edits.erase))));
    user = next;
  }
  std::vector<std::string> due;
  for (const Put& entry : user_entries(p, user)) due.push_back(entry.key);
  std::vector<std::string> there;
  BOOST_REQUIRE(engine->inspect([&](Snapshot& snapshot) {
    snapshot.each([&](const Row& row) {
      const std::optional<keys::Parsed> parsed = keys::parse(row.key);
      const bool address = parsed && (parsed->kind == keys::kind_email || parsed->kind == keys::kind_phone);
      const bool own =
          keys::sequence_of(row.key) == user.sequence || (address && *codec::read<std::string>(row) == user.id);
      if (own) there.emplace_back(row.key);
    });
  }));
  BOOST_TEST(there == due, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage::query

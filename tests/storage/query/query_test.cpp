#include "storage/query/query.hpp"

#include <array>

#include "storage/query/search.hpp"
#include "storage/query/slice.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage::query {
namespace {

constexpr std::array table{Attribute{"$id", Type::exact},       Attribute{"name", Type::text},
                           Attribute{"size", Type::number},     Attribute{"live", Type::boolean},
                           Attribute{"$createdAt", Type::time}, Attribute{"labels", Type::list}};

result<Query> read_one(std::string text) { return read({std::move(text)}, table); }

Query valid(std::vector<std::string> texts) {
  result<Query> query = read(texts, table);
  BOOST_REQUIRE_MESSAGE(query, texts.front());
  return std::move(*query);
}

errc refusal(std::string text) {
  const result<Query> query = read_one(text);
  BOOST_REQUIRE_MESSAGE(!query, text << " is read");
  return query.error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(queries)

BOOST_AUTO_TEST_CASE(nothing_asked_is_the_first_page_of_everything) {
  const Query query = *read({}, table);
  BOOST_TEST(query.filters.empty());
  BOOST_TEST(query.orders.empty());
  BOOST_TEST(!query.limit.has_value());
  BOOST_TEST(query.offset == 0U);
  BOOST_TEST(query.cursor.empty());
}

BOOST_AUTO_TEST_CASE(a_page_is_read_and_of_several_the_first_counts) {
  const Query query =
      valid({R"({"method":"limit","values":[7]})", R"({"method":"limit","values":[9]})",
             R"({"method":"offset","values":["0"]})", R"({"method":"offset","values":[3]})",
             R"({"method":"cursorBefore","values":["abc"]})", R"({"method":"cursorAfter","values":["def"]})"});
  BOOST_TEST(*query.limit == 7U);
  BOOST_TEST(query.offset == 0U);
  BOOST_TEST(query.cursor == "abc");
  BOOST_TEST(query.before);
}

BOOST_AUTO_TEST_CASE(a_limit_above_the_longest_page_is_that_page) {
  for (const char* text : {R"({"method":"limit","values":[5000]})", R"({"method":"limit","values":[5001]})",
                           R"({"method":"limit","values":[9223372036854775807]})"})
    BOOST_TEST(*valid({text}).limit == most_on_a_page, text);
}

BOOST_AUTO_TEST_CASE(members_are_selected_where_a_list_says_which) {
  const std::vector<std::string> members{"$id", "name", "size"};
  const auto selected = [&](const std::vector<std::string>& texts) {
    const result<Query> query = read(texts, table, members);
    BOOST_REQUIRE_MESSAGE(query, texts.front());
    return query->selected;
  };
  const std::string name = R"({"method":"select","values":["name"]})";
  BOOST_TEST((selected({name}) == std::vector<std::string>{"name"}));
  BOOST_TEST((selected({name, R"({"method":"select","values":["size","$id"]})"}) ==
              std::vector<std::string>{"name", "size", "$id"}));
  BOOST_TEST(selected({name, R"({"method":"select","values":["*"]})"}).empty());
  for (const char* text : {R"({"method":"select","values":[]})", R"({"method":"select"})",
                           R"({"method":"select","values":["name","live"]})", R"({"method":"select","values":[1]})"})
    BOOST_TEST(!read({text}, table, members), text);
}

BOOST_AUTO_TEST_CASE(values_are_read_as_their_attribute_has_them) {
  const auto value = [](const char* text) { return valid({text}).filters.front().values.front(); };
  BOOST_TEST(std::get<std::string>(value(R"({"method":"equal","attribute":"name","values":["\u00c4DA"]})")) ==
             "\xc3\xa4"
             "da");
  BOOST_TEST(std::get<std::string>(value(R"({"method":"equal","attribute":"$id","values":["Ab"]})")) == "Ab");
  BOOST_TEST(std::get<std::int64_t>(value(R"({"method":"equal","attribute":"size","values":[-5]})")) == -5);
  BOOST_TEST(std::get<std::int64_t>(value(R"({"method":"equal","attribute":"size","values":["12"]})")) == 12);
  BOOST_TEST(std::get<bool>(value(R"({"method":"notEqual","attribute":"live","values":[true]})")));
  BOOST_TEST(std::get<std::int64_t>(value(
                 R"({"method":"lessThan","attribute":"$createdAt","values":["1970-01-01T00:00:01.002+00:00"]})")) ==
             1002);
}

BOOST_AUTO_TEST_CASE(filters_nest) {
  const Query query = valid(
      {R"({"method":"or","values":[{"method":"isNull","attribute":"name"},{"method":"and","values":[)"
       R"({"method":"equal","attribute":"size","values":[1,2]},{"method":"contains","attribute":"labels","values":["x"]}]}]})"});
  BOOST_REQUIRE(query.filters.size() == 1U);
  BOOST_TEST((query.filters[0].method == Method::any_of));
  BOOST_REQUIRE(query.filters[0].parts.size() == 2U);
  BOOST_TEST((query.filters[0].parts[1].method == Method::all_of));
  BOOST_TEST(query.filters[0].parts[1].parts[0].values.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_an_outer_and_asks_is_asked_like_everything_else) {
  const Query query = valid(
      {R"({"method":"and","values":[{"method":"isNull","attribute":"name"},{"method":"and","values":[)"
       R"({"method":"equal","attribute":"size","values":[1,2]},{"method":"contains","attribute":"labels","values":["x"]}]}]})"});
  BOOST_REQUIRE(query.filters.size() == 3U);
  BOOST_TEST((query.filters[0].method == Method::is_null));
  BOOST_TEST((query.filters[1].method == Method::equal));
  BOOST_TEST((query.filters[2].method == Method::contains));
}

BOOST_AUTO_TEST_CASE(what_is_no_query_of_this_list_is_refused) {
  for (const char* text :
       {"",
        "x",
        "[]",
        "1",
        "{}",
        R"({"method":1})",
        R"({"method":"limit"})",
        R"({"method":"limit","values":[0]})",
        R"({"method":"limit","values":[1.5]})",
        R"({"method":"limit","values":[9223372036854775808]})",
        R"({"method":"limit","values":5})",
        R"({"method":"offset","values":[-1]})",
        R"({"method":"cursorAfter","values":[""]})",
        R"({"method":"select","values":["name"]})",
        R"({"method":"equal","attribute":"none","values":["x"]})",
        R"({"method":"equal","attribute":7,"values":["x"]})",
        R"({"method":"equal","attribute":"name","values":[]})",
        R"({"method":"equal","attribute":"name","values":[1]})",
        R"({"method":"equal","attribute":"name","values":[null]})",
        R"({"method":"equal","attribute":"size","values":["1x"]})",
        R"({"method":"equal","attribute":"size","values":[1.5]})",
        R"({"method":"equal","attribute":"live","values":[1]})",
        R"({"method":"equal","attribute":"$createdAt","values":["soon"]})",
        R"({"method":"equal","attribute":"labels","values":["x"]})",
        R"({"method":"contains","attribute":"size","values":[1]})",
        R"({"method":"startsWith","attribute":"live","values":[true]})",
        R"({"method":"between","attribute":"size","values":[1,2,3]})",
        R"({"method":"less","attribute":"size","values":[1]})",
        R"({"method":"orderAsc","attribute":"none"})",
        R"({"method":"orderAsc","attribute":"labels"})",
        R"({"method":"orderBy","attribute":"name"})",
        R"({"method":"or","values":[{"method":"isNull","attribute":"name"}]})",
        R"({"method":"and","values":[{"method":"limit","values":[1]},{"method":"limit","values":[1]}]})",
        R"({"method":"search","attribute":"none","values":["x"]})"})
    BOOST_TEST((refusal(text) == errc::general_argument_invalid), text);
  BOOST_TEST((refusal(R"({"method":"search","attribute":"name","values":["x"]})") == errc::general_query_invalid));
}

BOOST_AUTO_TEST_CASE(more_than_five_hundred_values_are_too_many) {
  const auto with = [](std::size_t count) {
    std::string text = R"({"method":"equal","attribute":"size","values":[1)";
    for (std::size_t i = 1; i < count; ++i) text += ",1";
    return text + "]}";
  };
  BOOST_TEST(valid({with(500)}).filters.front().values.size() == 500U);
  BOOST_TEST((refusal(with(501)) == errc::general_argument_invalid));
}

BOOST_AUTO_TEST_CASE(a_search_is_words_or_a_phrase_and_signs_are_spaces) {
  const Search words = read_search("  Ada+(Love) ~<\"x ");
  BOOST_TEST(!words.phrase);
  BOOST_TEST(words.words == (std::vector<std::string>{"ada", "love", "x"}), boost::test_tools::per_element());
  BOOST_TEST(read_search(" \"Ada Love\" ").phrase);
  BOOST_TEST(!read_search("\"").phrase);
  BOOST_TEST(!read_search("\"\"").phrase);
  BOOST_TEST(read_search("@+-*)(<>~\"").words.empty());
}

BOOST_AUTO_TEST_CASE(a_search_finds_any_word_the_last_as_a_beginning_and_phrases_whole) {
  const std::string text = "u1 ada@example.com Ada King-Lovelace label:vip";
  const auto found = [&](std::string_view search) { return finds(read_search(search), text); };
  for (const char* search :
       {"ada", "ADA", "exam", "nobody lov", "vip nobody", "\"king lovelace\"", "\"ada example com\""})
    BOOST_TEST(found(search), search);
  for (const char* search : {"dam", "lov nobody", "\"lovelace king\"", "\"king love\"", "\"ada king com\"", ">", ""})
    BOOST_TEST(!found(search), search);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage::query

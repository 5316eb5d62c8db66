#include <boost/test/unit_test.hpp>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/json/writer.hpp"
#include "net/transfer/record_reader.hpp"
#include "net/transfer/user_columns.hpp"

using namespace portcullis;
using namespace portcullis::transfer;

namespace {

/// Every record as `line:` and its JSON, or `line!` and why it is none. The bytes come `step` at a time.
std::vector<std::string> read_all(Format format, std::string text, std::size_t step = 64 * 1024) {
  ByteSource source([text, at = std::size_t{0}, step](std::span<char> into) mutable {
    const std::size_t size = std::min({into.size(), step, text.size() - at});
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), size, into.begin());
    at += size;
    return size;
  });
  const std::unique_ptr<RecordReader> reader = read_records(format, std::move(source));
  std::vector<std::string> out;
  while (std::optional<Record> record = reader->next()) {
    const std::string line = std::to_string(record->line);
    if (record->refusal.empty())
      out.push_back(line + ":" + json::to_text(json::Value(record->members)));
    else
      out.push_back(line + "!" + std::string(record->refusal));
  }
  BOOST_TEST(reader->bytes_read() == text.size());
  return out;
}

using Texts = std::vector<std::string>;
constexpr const char* mark = "\xef\xbb\xbf";

}  // namespace

BOOST_AUTO_TEST_SUITE(transfer_readers)

BOOST_AUTO_TEST_CASE(json_lines_are_numbered_and_what_is_none_is_refused_and_passed_over) {
  const std::string text = std::string(mark) + "{\"id\":\"a\"}\r\n\n  \t\n[1]\n{\"id\":\n\"b\"\n{\"id\":\"c\"}";
  const Texts wanted{"1:{\"id\":\"a\"}", "4!is no JSON object", "5!is no JSON object", "6!is no JSON object",
                     "7:{\"id\":\"c\"}"};
  for (const std::size_t step : {1UL, 2UL, 7UL, 65536UL}) {
    const Texts got = read_all(Format::json_lines, text, step);
    BOOST_TEST(got == wanted, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(an_empty_file_has_no_json_lines) {
  for (const char* text : {"", mark, "\n\n"}) BOOST_TEST(read_all(Format::json_lines, text).empty());
}

BOOST_AUTO_TEST_CASE(a_json_line_at_the_bound_is_read_and_one_byte_more_is_not) {
  const std::string head = "{\"name\":\"", tail = "\"}";
  const std::string name(longest_record - head.size() - tail.size(), 'x');
  const Texts got = read_all(Format::json_lines, head + name + tail + "\n" + head + name + "y" + tail + "\n{}\n", 1000);
  BOOST_REQUIRE(got.size() == 3U);
  BOOST_TEST(got[0].starts_with("1:{"));
  BOOST_TEST(got[1] == "2!is longer than 256 KiB");
  BOOST_TEST(got[2] == "3:{}");
}

BOOST_AUTO_TEST_CASE(csv_follows_rfc_4180) {
  const std::string text = std::string(mark) +
                           "id,name,email\r\n"
                           "a,\"Doe, \"\"Jo\"\"\",a@example.com\r\n"
                           "b,\"two\r\nlines\",\n"
                           "\"c\",,\"\"\n"
                           "\n"
                           "d,last,d@example.com";
  const Texts wanted{R"(2:{"id":"a","name":"Doe, \"Jo\"","email":"a@example.com"})",
                     R"(3:{"id":"b","name":"two\r\nlines"})", R"(5:{"id":"c"})",
                     R"(7:{"id":"d","name":"last","email":"d@example.com"})"};
  for (const std::size_t step : {1UL, 3UL, 65536UL}) {
    const Texts got = read_all(Format::csv, text, step);
    BOOST_TEST(got == wanted, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_csv_cell_has_the_type_of_its_column) {
  const Texts got = read_all(Format::csv,
                             "labels,status,prefs,passwordCpu,name\n"
                             "vip  beta,true,\"{\"\"a\"\":[1]}\",16384,true\n"
                             ",maybe,not json,1x,\n");
  const Texts wanted{R"(2:{"labels":["vip","beta"],"status":true,"prefs":{"a":[1]},"passwordCpu":16384,"name":"true"})",
                     R"(3:{"status":"maybe","prefs":"not json","passwordCpu":"1x"})"};
  BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_broken_csv_row_is_refused_and_the_next_is_read) {
  const Texts got = read_all(Format::csv,
                             "id,name\n"
                             "a\n"
                             "b,x,y\n"
                             "c,q\"uote\n"
                             "d,\"text\"behind\n"
                             "e,bell\a\n"
                             "f,\xff\n"
                             "g,fine\n"
                             "h,\"open\n");
  const Texts wanted{"2!has more or fewer fields than the header",
                     "3!has more or fewer fields than the header",
                     "4!has a quote inside a field that is not quoted",
                     "5!has text behind a closing quote",
                     "6!holds control characters",
                     "7!is not UTF-8",
                     R"(8:{"id":"g","name":"fine"})",
                     "9!has a quoted field that does not end"};
  BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_csv_row_over_the_bound_is_refused_and_reading_goes_on_at_the_next_line) {
  const std::string text = "id,name\na,\"" + std::string(longest_record, 'x') + "\nb,fine\n";
  const Texts got = read_all(Format::csv, text, 5000);
  const Texts wanted{"2!is longer than 256 KiB (is a quote missing?)", R"(3:{"id":"b","name":"fine"})"};
  BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_csv_row_of_many_fields_is_refused) {
  const Texts got = read_all(Format::csv, "id\n" + std::string(1000, ',') + "\nb\n");
  const Texts wanted{"2!has more or fewer fields than the header", R"(3:{"id":"b"})"};
  BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_csv_header_must_name_known_columns_once) {
  for (const char* text : {"", "\n", "id,e-mail\na,b\n", "id,id\na,b\n", "id,\na,b\n", "\"id\na,b\n"})
    BOOST_CHECK_THROW(static_cast<void>(read_all(Format::csv, text)), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_cell_is_quoted_where_it_must_be) {
  BOOST_TEST(to_cell(json::Value(std::string("plain text"))) == "plain text");
  BOOST_TEST(to_cell(json::Value(std::string("a,\"b\"\n"))) == "\"a,\"\"b\"\"\n\"");
  BOOST_TEST(to_cell(json::Value(true)) == "true");
  BOOST_TEST(to_cell(json::Value(std::int64_t{64})) == "64");
  BOOST_TEST(to_cell(json::Value(json::Array{json::Value(std::string("a")), json::Value(std::string("b"))})) == "a b");
  BOOST_TEST(to_cell(*json::parse(R"({"a":"/"})")) == R"("{""a"":""/""}")");
}

BOOST_AUTO_TEST_CASE(a_file_that_a_spreadsheet_has_saved_is_read) {
  const Texts wanted{
      R"(2:{"id":"a","status":true,"emailVerification":false,"createdAt":"2024-01-31T00:00:00Z","name":"x,y"})",
      R"(3:{"id":"b","status":false,"createdAt":"2024-01-31T22:05:00Z"})"};
  const auto with = [](const std::string& mark_of, const std::string& s) {
    const auto row = [&](const Texts& cells) {
      std::string text;
      for (const std::string& cell : cells) text += (text.empty() ? "" : s) + cell;
      return text + "\r\n";
    };
    return mark_of + row({"id", "status", "emailVerification", "createdAt", "name"}) +
           row({"a", "TRUE", "Falsch", "31/01/2024", "\"x,y\""}) + row({"b", "FAUX", "", "1/31/2024 10:05 PM", ""}) +
           s + s + s + s + "\r\n";
  };
  for (const char* separator : {";", "\t", ","})
    for (const std::size_t step : {1UL, 65536UL}) {
      const Texts got = read_all(Format::csv, with(mark, separator), step);
      BOOST_TEST(got == wanted, boost::test_tools::per_element());
    }
  BOOST_TEST(read_all(Format::csv, "sep=;\r\nid;name\r\na;b,c\r\n") == Texts{R"(3:{"id":"a","name":"b,c"})"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(flags_are_read_as_people_of_several_languages_write_them) {
  const auto read = [](const std::string& cell) {
    return read_all(Format::csv, "id,status\na," + cell + "\n").at(0).substr(21);
  };
  for (const char* yes : {"1", "TRUE", "Yes", "Oui", "VRAI", "ja", "s\xc3\xad", "S\xc3\x8d", "sim", "Tak"})
    BOOST_TEST(read(yes) == "true}", yes);
  for (const char* no : {"0", "False", "NO", "Non", "nein", "n\xc3\xa3o", "Nee", "nie", "FA\xc5\x81SZ", "fa\xc5\x82sz"})
    BOOST_TEST(read(no) == "false}", no);
  for (const char* neither : {"2", "01", "y", "-1", "perhaps"})
    BOOST_TEST(read(neither) == "\"" + std::string(neither) + "\"}", neither);
}

BOOST_AUTO_TEST_CASE(dates_of_spreadsheets_are_read_where_they_say_one_thing) {
  const auto read = [](const std::string& cell) { return read_all(Format::csv, "createdAt\n" + cell + "\n").at(0); };
  const auto is = [](const std::string& text) { return "2:{\"createdAt\":\"" + text + "\"}"; };
  for (const char* day : {"31/01/2024", "1/31/2024", "31.1.2024", "31-01-2024", "2024/1/31", "2024-1-31"})
    BOOST_TEST(read(day) == is("2024-01-31T00:00:00Z"), day);
  for (const char* day : {"2.1.2024", "02.01.2024", "2024/01/02"})
    BOOST_TEST(read(day) == is("2024-01-02T00:00:00Z"), day);
  BOOST_TEST(read("5/5/2024 9:07") == is("2024-05-05T09:07:00Z"));
  BOOST_TEST(read("31/01/2024 12:00:01 am") == is("2024-01-31T00:00:01Z"));
  for (const char* comma : {"\"31.01.2024, 10:05\"", "\"1/31/2024, 10:05 AM\"",
                            "\"1/31/2024, 10:05:00\xe2\x80\xaf"
                            "AM\""})
    BOOST_TEST(read(comma) == is("2024-01-31T10:05:00Z"), comma);
  BOOST_TEST(read("31.01.2024 24:00") == is("2024-01-31T24:00:00Z"));
  BOOST_TEST(read("2024-01-31") == is("2024-01-31"));  // ISO 8601 already
  for (const char* both : {"1/2/2024", "01/02/2024 10:00", "11-12-2024"})
    BOOST_TEST(read(both) == "2!has a date that can be read in two ways; write it as 2024-01-31", both);
  for (const char* no : {"31/01/24", "45322", "31/01/2024 25", "31/01/2024 13:00 PM", "31/01.2024", "Jan 31 2024"})
    BOOST_TEST(read(no) == is(std::regex_replace(no, std::regex("/"), "\\/")), no);
}

BOOST_AUTO_TEST_CASE(a_cell_that_would_be_a_formula_is_harmless_and_comes_back) {
  const UserColumn& name = *find_column("name");
  for (const char* text : {"=1+1", "+14155550100", "-1", "@SUM(A1)", "\tx", "\r\nx", "'=1", "''=1", "'+1",
                           "\xef\xbc\x9d"
                           "1"}) {
    const std::string cell = to_cell(json::Value(std::string(text)));
    BOOST_TEST(cell.find('\'') <= 1U, text);  // at once, or behind the quote
    const Texts got = read_all(Format::csv, "name\n" + cell + "\n");
    BOOST_TEST(got == Texts{"2:" + json::to_text(json::Value(json::Object{{"name", json::Value(std::string(text))}}))},
               boost::test_tools::per_element());
  }
  for (const char* text : {"'t Hooft", "'", "''", "a=b", "x'=1", " =1"}) {
    BOOST_TEST(to_cell(json::Value(std::string(text))) == text);
    BOOST_TEST(*from_cell(name, text)->string() == text);
  }
  BOOST_TEST(*from_cell(*find_column("phone"), "'+14155550100")->string() == "+14155550100");
}

/// The file read with another separator, or by a reader that heeds no quotes.
BOOST_AUTO_TEST_CASE(no_part_of_a_cell_would_be_a_formula_behind_another_separator) {
  const auto is_harmless = [](const std::string& cell) {
    return !std::regex_search(cell, std::regex("[,;\t\"\r\n] *([=+@-]|\xef\xbc[\x8b\x8d\x9d\xa0])"));
  };
  const UserColumn& name = *find_column("name");
  for (const std::string mark_of : {",", ";", "\t", "\"", "\n", "\r\n", ";  ", ";;"})
    for (const std::string begin : {"=", "+", "-", "@", "\xef\xbc\x9d", "'=", "''@", "\t="}) {
      const std::string text = "x" + mark_of + begin + "1+1" + mark_of + begin + "y";
      const std::string cell = to_cell(json::Value(text));
      BOOST_TEST(is_harmless(cell), cell);
      const Texts got = read_all(Format::csv, "name\n" + cell + "\n");
      BOOST_TEST(got == Texts{"2:" + json::to_text(json::Value(json::Object{{"name", json::Value(text)}}))},
                 boost::test_tools::per_element());
    }
  for (const std::string text : {"x;y=1", "a, b - c", "x;' =1", "d\t'e"})
    BOOST_TEST(to_cell(json::Value(text)) == "\"" + text + "\"");
  BOOST_TEST(to_cell(json::Value(std::string("x;=1+1;y"))) == "\"x;'=1+1;y\"");
  BOOST_TEST(*from_cell(name, "x;'=1+1;y")->string() == "x;=1+1;y");
}

BOOST_AUTO_TEST_CASE(preferences_without_formulas_stay_the_same_json) {
  const char* const prefs =
      R"({"=a":"+1;=2","b":"\"=3","c":[1,-5,"; '@x","a-b","\\","-"],"d":"\n=4","e":"'=","f":"\uff1d"})";
  const std::string cell = to_cell(*json::parse(prefs));
  BOOST_TEST(!std::regex_search(cell, std::regex("[,;\t\"\r\n][ ']*([=+@]|-[^0-9]|\xef\xbc\x9d)")), cell);
  BOOST_TEST(cell.find(",-5,") != std::string::npos, cell);
  const Texts got = read_all(Format::csv, "prefs\n" + cell + "\n");
  BOOST_TEST(got == Texts{"2:{\"prefs\":" + json::to_text(*json::parse(prefs)) + "}"},
             boost::test_tools::per_element());
  BOOST_TEST(json::to_text(*from_cell(*find_column("prefs"), R"({"a":"'=1"})")) == R"({"a":"'=1"})");
}

BOOST_AUTO_TEST_CASE(formats_are_known_by_name_and_by_ending) {
  BOOST_TEST((format_of("users.csv") == Format::csv));
  BOOST_TEST((format_of("users.jsonl") == Format::json_lines));
  BOOST_TEST((format_of("users.ndjson") == Format::json_lines));
  BOOST_TEST(!format_of("users.txt").has_value());
  BOOST_TEST((format_named("csv") == Format::csv));
  BOOST_TEST(!format_named("xml").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

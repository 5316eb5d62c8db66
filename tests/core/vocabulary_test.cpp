#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

#include "core/email_class.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/random.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"
#include "core/validators.hpp"

namespace portcullis {
namespace {

namespace v = validators;

}  // namespace

BOOST_AUTO_TEST_SUITE(core_vocabulary)

BOOST_AUTO_TEST_CASE(every_error_has_a_row_of_its_own_code_with_a_status_and_words) {
  for (int code = 0; code <= static_cast<int>(errc::again); ++code) {
    const ErrorDescription& row = describe(static_cast<errc>(code));
    BOOST_TEST(static_cast<int>(row.code) == code);
    BOOST_TEST((row.status >= 400 && row.status < 600));
    BOOST_TEST(!row.type.empty());
    BOOST_TEST(!row.message.empty());
  }
}

BOOST_AUTO_TEST_CASE(instants_are_written_and_read_in_iso_8601) {
  const Time t = from_millis(1'787'315'696'789);
  BOOST_TEST(format_iso8601(t) == "2026-08-21T12:34:56.789+00:00");
  for (const char* same : {"2026-08-21T12:34:56.789+00:00", "2026-08-21T12:34:56.789Z", "2026-08-21 12:34:56.789",
                           "2026-08-21T14:34:56.789+02:00", "2026-08-21T07:04:56.789123-0530"})
    BOOST_TEST((parse_iso8601(same) == t), same);
  for (const char* bad :
       {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-08-21T24:00:01Z", "2026-08-21T24:01Z",
        "2026-08-21T24:00:00.001Z", "2026-08-21T25:00:00Z", "2026-08", "9999-12-31T24:00:00Z", "2026-08-21T12:34:56.Z",
        "2026-08-21T12:34:56+25:00", "2026-08-21T12:34:56Zx", "yesterday"})
    BOOST_TEST(!parse_iso8601(bad).has_value(), bad);
  for (const char* bad : {"2026-08-21T12:34:56+99:99",
                          "2026-08-21T12:60Z",
                          "2026-08-21T",
                          "2026-08-21Z",
                          "2026-08-21T12:",
                          "2026-08-21T12:34:",
                          "2026-08-21T12:34:5",
                          "2026-08-21T12:34:56,Z",
                          "2026-08-21T12:34.5Z",
                          "2026-08-21T12:34:56+2",
                          "2026-08-21T12:34:56+02:",
                          "2026-08-21T12:34:56 ",
                          "2026-366",
                          "2026-000",
                          "2026-W54-1",
                          "2025-W53-1",
                          "2026-W01-0",
                          "2026-W01-8",
                          "2026-8-21",
                          "26-08-21",
                          "21/08/2026",
                          "2026-00-10",
                          "2026-10-00",
                          "0000-01-01T00:00:00+01:00",
                          "9999-12-31T23:59:59-00:01",
                          "-2026-08-21",
                          "12026-08-21",
                          " 2026-08-21",
                          "2026-08-21 "})
    BOOST_TEST(!parse_iso8601(bad).has_value(), bad);
  BOOST_TEST(format_http_date(from_millis(784111777000)) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

BOOST_AUTO_TEST_CASE(every_common_form_of_iso_8601_is_read) {
  const auto is = [](std::string_view text, std::string_view written) {
    const std::optional<Time> time = parse_iso8601(text);
    BOOST_TEST((time && format_iso8601(*time) == written), text);
  };
  for (const char* day : {"2024-02-29", "20240229", "2024-060", "2024060", "2024-W09-4", "2024W094", "2024-02-29T00",
                          "2024-02-28T24:00:00Z", "2024-02-28T24", "20240228T2400", "2024-02-29T02:00+02"})
    is(day, "2024-02-29T00:00:00.000+00:00");
  for (const char* minute : {"2024-02-29T10:30", "2024-02-29 10:30Z", "20240229T1030Z", "2024-02-29t12:30+02",
                             "2024-02-29T12:30 +0200", "2024-02-29T08:30:00-02:00",
                             "2024-02-29T08:30\xe2\x88\x92"
                             "02:00",
                             "2024-02-29T10:30-00:00", "20240229T103000"})
    is(minute, "2024-02-29T10:30:00.000+00:00");
  for (const char* second : {"2024-02-29T10:30:15.2Z", "2024-02-29T10:30:15,2Z", "20240229T103015.200+00",
                             "2024-02-29 10:30:15.200000000000000000000000001"})
    is(second, "2024-02-29T10:30:15.200+00:00");
  is("2024-02-29T10:30:15.20" + std::string(100'000, '9') + "+00:00", "2024-02-29T10:30:15.209+00:00");
  is("2020-W53-7", "2021-01-03T00:00:00.000+00:00");
  is("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000+00:00");
}

BOOST_AUTO_TEST_CASE(unique_ids_are_20_hexadecimal_digits_that_do_not_repeat) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = unique_id(from_millis(1'700'000'000'000), random);
    BOOST_TEST(id.size() == 20U);
    BOOST_TEST(v::is_uid(id));
    BOOST_TEST(seen.insert(id).second);
  }
}

BOOST_AUTO_TEST_CASE(secrets_move_and_wipe) {
  std::string text = "a password long enough to live on the heap";
  Secret first = Secret::take(text);
  BOOST_TEST(text.empty());
  Secret second = std::move(first);
  BOOST_TEST(first.empty());
  BOOST_TEST(second.clone().view() == "a password long enough to live on the heap");
  BOOST_TEST(constant_time_equal("abc", "abc"));
  BOOST_TEST(!constant_time_equal("abc", "abd"));
  BOOST_TEST(!constant_time_equal("abc", "ab"));
}

BOOST_AUTO_TEST_CASE(ids_follow_the_contract) {
  for (const char* good : {"a", "A1._-", "unique", "012345678901234567890123456789012345"})
    BOOST_TEST(v::is_uid(good), good);
  for (const char* bad : {"", "_a", ".a", "-a", "a$", "a b", "ü", "unique()", "0123456789012345678901234567890123456"})
    BOOST_TEST(!v::is_uid(bad), bad);
  BOOST_TEST(v::is_custom_id("unique()"));
  BOOST_TEST(v::is_project_id("my-project-1"));
  for (const char* bad : {"", "-a", "A", "a_b"}) BOOST_TEST(!v::is_project_id(bad), bad);
}

BOOST_AUTO_TEST_CASE(a_url_is_one_of_the_web_with_a_host) {
  for (const char* good : {"https://a.example", "http://localhost:80/x?y#z", "HTTPS://A.example"})
    BOOST_TEST(v::is_url(good), good);
  for (const char* bad : {"", "a.example", "https://", "https:///x", "://a", "app+x://a", "ftp://a", "javascript://a",
                          "httpss://a", "a b://c", "https://a b", "https://\xc3\xbc"})
    BOOST_TEST(!v::is_url(bad), bad);
}

BOOST_AUTO_TEST_CASE(emails_follow_the_contract) {
  for (const char* good : {"a@b.co", "a.b+c@sub.example.com", "user@localhost.test", "x_y!#@a-b.org"})
    BOOST_TEST(v::is_email(good), good);
  for (const std::string& bad :
       {std::string(), std::string("a"), std::string("@b.co"), std::string("a@"), std::string("user@localhost"),
        std::string("a@@b.co"), std::string("a@b@c.co"), std::string(".a@b.co"), std::string("a.@b.co"),
        std::string("a..b@c.co"), std::string("a b@c.co"), std::string("ü@b.co"), std::string("a@-b.co"),
        std::string("a@b..co"), std::string("a@b.co."), std::string(65, 'a') + "@b.co", std::string("a\n@b.co")})
    BOOST_TEST(!v::is_email(bad), bad);
  BOOST_TEST(v::is_email(std::string(64, 'a') + "@b.co"));
  BOOST_TEST(v::normalise_email(" A@B.Co\t") == "a@b.co");
}

BOOST_AUTO_TEST_CASE(phones_follow_the_contract) {
  for (const char* good : {"+1415555", "+4915112345678", "+998901234567", "+79991234567", "+123456789012345"})
    BOOST_TEST(v::is_phone(good), good);
  for (const char* bad :
       {"", "+", "+141555", "+8020000000", "14155551234", "+0123456789", "+1234567890123456", "+1415555a"})
    BOOST_TEST(!v::is_phone(bad), bad);
}

BOOST_AUTO_TEST_CASE(lengths_are_counted_in_characters_and_bad_utf8_has_none) {
  BOOST_TEST(v::utf8_length("aü€😀").value_or(0) == 4U);
  BOOST_TEST(!v::utf8_length("\xff").has_value());
  BOOST_TEST(!v::utf8_length("\xc0\xaf").has_value());
}

BOOST_AUTO_TEST_CASE(emails_are_classified_by_their_provider) {
  BOOST_TEST(classify_email("j.o.e+x@googlemail.com").canonical == "joe@gmail.com");
  BOOST_TEST(classify_email("joe+x@hotmail.com").canonical == "joe@outlook.com");
  BOOST_TEST(classify_email("joe-a-b@yahoo.com").canonical == "joe-a@yahoo.com");
  BOOST_TEST(classify_email("joe+x@example.com").is_canonical);
  BOOST_TEST(classify_email("joe@gmail.com").is_free);
  BOOST_TEST(classify_email("joe@mailinator.com").is_disposable);
  BOOST_TEST(classify_email("joe@example.com").is_corporate);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis

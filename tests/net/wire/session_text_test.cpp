#include "net/wire/session_text.hpp"

#include <boost/test/unit_test.hpp>

#include "core/crypto/encoding.hpp"

namespace portcullis {
namespace {

const std::string secret(256, 'a');

http::Request with(std::string name, std::string value) {
  http::Request request;
  request.headers.emplace_back(std::move(name), std::move(value));
  return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_text)

BOOST_AUTO_TEST_CASE(what_is_encoded_decodes_to_the_same) {
  const std::optional<SessionText> read = decode_session(encode_session("user.1", secret));
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->user_id == "user.1");
  BOOST_TEST(read->secret.view() == secret);
  BOOST_TEST(read->selector() == secret.substr(0, 16));
}

BOOST_AUTO_TEST_CASE(other_spellings_of_the_same_json_are_read_too) {
  const std::string spaced = crypto::to_base64("{ \"secret\" : \"" + secret + "\", \"id\" : \"u\" }");
  BOOST_REQUIRE(decode_session(spaced).has_value());
  BOOST_TEST(decode_session(spaced)->user_id == "u");
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_session) {
  const auto encoded = [](std::string_view json) { return crypto::to_base64(json); };
  for (const std::string& bad :
       {std::string(""), std::string("!!!"), encoded("{}"), encoded("null"), encoded(R"({"id":"u","secret":""})"),
        encoded(R"({"id":"u","secret":")" + std::string(63, 'a') + "\"}"),
        encoded(R"({"id":"u","secret":")" + std::string(257, 'a') + "\"}"),
        encoded(R"({"id":"../x","secret":")" + secret + "\"}"),
        encoded(R"({"id":"u","secret":")" + std::string(64, 'G') + "\"}"), encode_session("u", secret) + "xx",
        std::string(5000, 'A')})
    BOOST_TEST(!decode_session(bad).has_value(), bad.substr(0, 40));
}

BOOST_AUTO_TEST_CASE(sources_are_tried_in_the_contracts_order) {
  const std::string text = encode_session("u", secret);
  const std::string escaped = crypto::url_encode(text);
  const auto read = [](const http::Request& request, std::string_view project) {
    const std::vector<SentSession> sent = read_sessions(request, project);
    return sent.empty() ? "none" : sent.front().by_cookie_or_header ? "direct" : "fallback";
  };
  BOOST_TEST(read(with("Cookie", "x=1; a_session_p1=" + escaped), "P1") == "direct");
  BOOST_TEST(read(with("Cookie", "a_session_p1_legacy=" + escaped), "p1") == "direct");
  BOOST_TEST(read(with("Cookie", "a_session_p1=bad; a_session_p1_legacy=" + escaped), "p1") == "direct");
  BOOST_TEST(read(with("Cookie", "a_session_p1=" + text), "p1") == "direct");
  BOOST_TEST(read(with("X-Appwrite-Session", text), "p1") == "direct");
  BOOST_TEST(read(with("X-Fallback-Cookies", "{\"a_session_p1\":\"" + text + "\"}"), "p1") == "fallback");
  BOOST_TEST(read(with("Cookie", "a_session_other=" + escaped), "p1") == "none");
  BOOST_TEST(read(with("Cookie", "a_session_p1=" + text), std::string(200, 'p')) == "none");
  BOOST_TEST(read(with("X-Fallback-Cookies", "[]"), "p1") == "none");
}

BOOST_AUTO_TEST_CASE(all_that_decode_are_candidates_in_order_and_none_twice) {
  const auto text = [](const char* user) { return encode_session(user, secret); };
  http::Request request;
  request.headers.emplace_back("X-Appwrite-Session", text("header"));
  request.headers.emplace_back("X-Fallback-Cookies", R"({"a_session_p1":")" + text("fallback") +
                                                         R"(","a_session_P1":")" + text("other") + R"("})");
  request.headers.emplace_back("Cookie", "a_session_p1_legacy=" + text("legacy") + "; a_session_p1=" + text("one") +
                                             "; a_session_p1=garbage; a_session_P1=" + text("two") + "; a_session_p1=" +
                                             crypto::url_encode(text("one")) + "; a_session_p2=" + text("elsewhere"));
  request.headers.emplace_back("x-appwrite-session", text("second"));
  std::string order;
  for (const SentSession& sent : read_sessions(request, "P1")) order += sent.session.user_id + ' ';
  BOOST_TEST(order == "one two legacy header second fallback other ");
  BOOST_TEST(first_session_text(request, "P1") == text("one"));
}

BOOST_AUTO_TEST_CASE(eight_candidates_are_enough) {
  std::string cookies;
  for (int i = 0; i < 12; ++i) cookies += "a_session_p1=" + encode_session("u" + std::to_string(i), secret) + "; ";
  const std::vector<SentSession> sent = read_sessions(with("Cookie", cookies), "p1");
  BOOST_REQUIRE(sent.size() == most_sessions_sent);
  BOOST_TEST(sent.back().session.user_id == "u7");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis

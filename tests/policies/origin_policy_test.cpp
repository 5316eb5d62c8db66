#include "policies/origin_policy.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using portcullis::policies::needs_fallback_cookies;
using portcullis::policies::origin_allowed;
using portcullis::policies::OriginFacts;
using Hosts = std::vector<std::string>;

bool allowed(std::string_view origin, const Hosts& hosts, bool localhost = false) {
  return origin_allowed(OriginFacts{origin, localhost, &hosts, "shop"});
}

BOOST_AUTO_TEST_SUITE(origin_policy)

BOOST_AUTO_TEST_CASE(web_pages_are_judged_by_host) {
  const Hosts hosts{"app.example.com", "*.wild.example", "Upper.Example"};
  struct Row {
    std::string_view origin;
    bool passes;
  };
  const Row rows[] = {
      {"https://app.example.com", true},
      {"http://app.example.com", true},
      {"https://app.example.com:8443", true},
      {"HTTPS://APP.EXAMPLE.COM", true},
      {" https://app.example.com\t", true},
      {"https://app.example.com/", true},
      {"https://upper.example", true},
      {"chrome-extension://app.example.com", true},
      {"tauri://app.example.com", true},
      {"capacitor://app.example.com", true},
      {"ionic://app.example.com", true},
      {"app://app.example.com", true},
      {"wails://app.example.com:34115", true},
      {"capacitor://a.wild.example", true},
      {"capacitor://evil.test", false},
      {"capacitor://localhost", false},
      {"capacitor://", false},
      {"capacitor://app.example.com/index.html", false},
      {"capacitor2://app.example.com", false},
      {"file://app.example.com", false},
      {"https://example.com", false},
      {"https://www.app.example.com", false},
      {"https://app.example.com.evil.test", false},
      {"https://evilapp.example.com", false},
      {"https://a.wild.example", true},
      {"https://a.b.wild.example", true},
      {"https://wild.example", false},
      {"https://evilwild.example", false},
      {"https://.wild.example", false},
      {"ftp://app.example.com", false},
      {"app.example.com", false},
      {"https:app.example.com", false},
      {"https://", false},
      {"://app.example.com", false},
      {"", false},
      {"null", false},
      {"NULL", false},
      {"https://null", false},
      {"file://", false},
      {"https://app.example.com@evil.test", false},
      {"https://evil.test@app.example.com", false},
      {"https://evil.test#@app.example.com", false},
      {"https://evil.test\\@app.example.com", false},
      {"https://evil.test/app.example.com", false},
      {"https://app.example.com/path", false},
      {"https://app.example.com:port", false},
      {"https://app.example.com:123456", false},
      {"https://app.example.com evil.test", false},
      {"https://app.example.com,https://evil.test", false},
      {"https://app.example.com\r\nX: y", false},
  };
  for (const Row& row : rows) BOOST_TEST(allowed(row.origin, hosts) == row.passes, row.origin);
}

BOOST_AUTO_TEST_CASE(a_star_lets_any_page_but_null_in) {
  BOOST_TEST(allowed("https://anything.test", {"*"}));
  BOOST_TEST(allowed("http://10.0.0.1:3000", {"*"}));
  BOOST_TEST(!allowed("null", {"*"}));
  BOOST_TEST(!allowed("https://", {"*"}));
}

BOOST_AUTO_TEST_CASE(loopback_is_allowed_only_when_asked_for) {
  struct Row {
    std::string_view origin;
    bool loopback;
  };
  const Row rows[] = {
      {"http://localhost", true},
      {"http://localhost:3000", true},
      {"http://127.0.0.1:5173", true},
      {"http://[::1]:5173", true},
      {"http://127.0.0.2", false},
      {"http://[0:0:0:0:0:0:0:1]", false},
      {"http://localhost.evil.test", false},
      {"http://x.localhost", false},
      {"http://[::1", false},
      {"http://[::1].evil.test", false},
      {"http://127.1", false},
  };
  for (const Row& row : rows) {
    BOOST_TEST(!allowed(row.origin, {}), row.origin);
    BOOST_TEST(allowed(row.origin, {}, true) == row.loopback, row.origin);
    BOOST_TEST(allowed(row.origin, {"localhost"}) == row.loopback, row.origin);
  }
}

BOOST_AUTO_TEST_CASE(web_views_of_this_device_need_localhost) {
  for (const char* origin : {"capacitor://localhost", "ionic://localhost", "app://localhost", "tauri://localhost"}) {
    BOOST_TEST(!allowed(origin, {}), origin);
    BOOST_TEST(allowed(origin, {"localhost"}), origin);
  }
  BOOST_TEST(allowed("http://tauri.localhost", {"tauri.localhost"}));
}

BOOST_AUTO_TEST_CASE(an_origin_that_hides_its_page_names_none) {
  using portcullis::policies::names_a_page;
  for (const char* origin :
       {"https://a.example", "http://localhost:3000", "capacitor://localhost", "exp://10.0.0.1:8081"})
    BOOST_TEST(names_a_page(origin), origin);
  for (const char* origin :
       {"", "null", "NULL", " null ", "about:blank", "https", "https://a.example/x", "https://a@b", "//a"})
    BOOST_TEST(!names_a_page(origin), origin);
}

BOOST_AUTO_TEST_CASE(apps_are_judged_by_scheme) {
  BOOST_TEST(allowed("exp://192.168.1.2:8081", {}));
  BOOST_TEST(allowed("appwrite-callback-shop://", {}));
  BOOST_TEST(allowed("appwrite-callback-shop://auth", {}));
  BOOST_TEST(!allowed("appwrite-callback-other://", {}));
  BOOST_TEST(!allowed("appwrite-callback-://", {}));
  BOOST_TEST(!allowed("myapp://host", {}));
  BOOST_TEST(!origin_allowed(OriginFacts{"appwrite-callback-://", false, nullptr, ""}));
  const std::vector<std::string> apps{"apple", "linux"};
  for (const char* origin : {"appwrite-ios://x", "appwrite-macos://com.example.app", "appwrite-linux://"})
    BOOST_TEST(origin_allowed(OriginFacts{origin, false, nullptr, "shop", &apps}), origin);
  for (const char* origin : {"appwrite-android://x", "appwrite-windows://x", "appwrite-://x"})
    BOOST_TEST(!origin_allowed(OriginFacts{origin, false, nullptr, "shop", &apps}), origin);
  BOOST_TEST(!origin_allowed(OriginFacts{"appwrite-ios://x", false, nullptr, "shop"}));
  BOOST_TEST(!origin_allowed(OriginFacts{"https://app.example.com", false, nullptr, "shop"}));
}

BOOST_AUTO_TEST_CASE(cookies_of_another_registrable_domain_are_third_party) {
  struct Row {
    std::string_view page, host;
    bool needed;
  };
  const Row rows[] = {
      {"", "api.example.com", true},
      {"https://example.com", "api.example.com", false},
      {"https://www.example.com/path?q#f", "api.example.com", false},
      {"https://EXAMPLE.com:8443", "api.example.com:443", false},
      {"https://a.b.example.com", "example.com", false},
      {"https://other.com", "api.example.com", true},
      {"https://example.com.", "api.example.com", false},
      {"https://shop.co.uk", "api.shop.co.uk", false},
      {"https://shop.co.uk", "api.other.co.uk", true},
      {"https://shop.com.br", "api.other.com.br", true},
      {"https://co.uk", "api.co.uk", true},
      {"https://me.github.io", "you.github.io", true},
      {"https://me.github.io", "api.me.github.io", false},
      {"https://t.co", "api.t.co", false},
      {"http://localhost:3000", "localhost", true},
      {"http://127.0.0.1:3000", "127.0.0.1", true},
      {"http://[::1]:3000", "[::1]", true},
      {"https://example.com", "127.0.0.1", true},
      {"https://example.com", "[::1]:80", true},
      {"https://example.com", "", true},
      {"null", "api.example.com", true},
      {"https://.com", "api.com", true},
      {"https://..", "..", true},
      {"https://.co.uk", ".co.uk", true},
  };
  for (const Row& row : rows)
    BOOST_TEST(needs_fallback_cookies(row.page, row.host) == row.needed, row.page << " and " << row.host);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace

#include "core/user_agent.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using portcullis::ClientInfo;
using portcullis::read_user_agent;

/// `os code, name, version | type, code, name, version, engine | device, brand, model`.
std::string told(std::string_view agent) {
  const ClientInfo c = read_user_agent(agent);
  return c.os_code + ',' + c.os_name + ',' + c.os_version + '|' + c.client_type + ',' + c.client_code + ',' +
         c.client_name + ',' + c.client_version + ',' + c.client_engine + ',' + c.client_engine_version + '|' +
         c.device_name + ',' + c.device_brand + ',' + c.device_model;
}

const std::string windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ";
const std::string iphone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ";

BOOST_AUTO_TEST_SUITE(user_agent)

BOOST_AUTO_TEST_CASE(asserted_examples_of_the_contract) {
  BOOST_TEST(told(windows + "Chrome/70.0.3538.77 Safari/537.36") ==
             "WIN,Windows,10|browser,CH,Chrome,70.0,Blink,70.0.3538.77|desktop,,");
  BOOST_TEST(told("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Mobile "
                  "Safari/537.36") == "AND,Android,10|browser,CM,Chrome Mobile,114.0,Blink,114.0.0.0|smartphone,,");
  BOOST_TEST(told("AppwriteCLI/4.2.0 (darwin)") == ",,|desktop,cli,Appwrite CLI,4.2.0,,|,,");
}

BOOST_AUTO_TEST_CASE(desktop_browsers) {
  BOOST_TEST(told(windows + "Chrome/123.0.0.0 Safari/537.36 Edg/123.0.2420.53") ==
             "WIN,Windows,10|browser,PS,Microsoft Edge,123.0,Blink,123.0.0.0|desktop,,");
  BOOST_TEST(told(windows + "Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763") ==
             "WIN,Windows,10|browser,PS,Microsoft Edge,18.17763,Edge,18.17763|desktop,,");
  BOOST_TEST(told(windows + "Chrome/122.0.0.0 Safari/537.36 OPR/108.0.0.0") ==
             "WIN,Windows,10|browser,OP,Opera,108.0,Blink,122.0.0.0|desktop,,");
  BOOST_TEST(told("Mozilla/5.0 (X11; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0") ==
             "LIN,GNU/Linux,|browser,FF,Firefox,124.0,Gecko,124.0|desktop,,");
  BOOST_TEST(told("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0") ==
             "UBT,Ubuntu,|browser,FF,Firefox,124.0,Gecko,124.0|desktop,,");
  BOOST_TEST(told("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                  "Version/17.4 Safari/605.1.15") == "MAC,Mac,10.15|browser,SF,Safari,17.4,WebKit,605.1.15|desktop,,");
  BOOST_TEST(told("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 "
                  "Safari/537.36") == "COS,Chrome OS,14541.0|browser,CH,Chrome,123.0,Blink,123.0.0.0|desktop,,");
  BOOST_TEST(told("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.6099.28 "
                  "Safari/537.36") == "LIN,GNU/Linux,|browser,HC,Headless Chrome,120.0,Blink,120.0.6099.28|desktop,,");
}

BOOST_AUTO_TEST_CASE(phones_and_tablets) {
  BOOST_TEST(told(iphone + "Version/17.4.1 Mobile/15E148 Safari/604.1") ==
             "IOS,iOS,17.4|browser,MF,Mobile Safari,17.4,WebKit,605.1.15|smartphone,Apple,iPhone");
  BOOST_TEST(told(iphone + "CriOS/123.0.6312.52 Mobile/15E148 Safari/604.1") ==
             "IOS,iOS,17.4|browser,CI,Chrome Mobile iOS,123.0,WebKit,605.1.15|smartphone,Apple,iPhone");
  BOOST_TEST(told(iphone + "FxiOS/124.0 Mobile/15E148 Safari/605.1.15") ==
             "IOS,iOS,17.4|browser,F1,Firefox Mobile iOS,124.0,WebKit,605.1.15|smartphone,Apple,iPhone");
  BOOST_TEST(told("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 "
                  "Mobile/15E148 Safari/604.1") ==
             "IPA,iPadOS,16.6|browser,MF,Mobile Safari,16.6,WebKit,605.1.15|tablet,Apple,iPad");
  BOOST_TEST(told("Mozilla/5.0 (Android 14; Mobile; rv:124.0) Gecko/124.0 Firefox/124.0") ==
             "AND,Android,14|browser,FM,Firefox Mobile,124.0,Gecko,124.0|smartphone,,");
  BOOST_TEST(told("Mozilla/5.0 (Linux; Android 13; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) "
                  "SamsungBrowser/21.0 Chrome/110.0.5481.154 Mobile Safari/537.36") ==
             "AND,Android,13|browser,SB,Samsung Browser,21.0,Blink,110.0.5481.154|smartphone,Samsung,");
  BOOST_TEST(told("Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 "
                  "Safari/537.36") == "AND,Android,13|browser,CH,Chrome,114.0,Blink,114.0.0.0|tablet,Samsung,");
  BOOST_TEST(told("Mozilla/5.0 (Linux; Android 13; Pixel 7; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
                  "Chrome/114.0.0.0 Mobile Safari/537.36") ==
             "AND,Android,13|browser,CV,Chrome Webview,114.0,Blink,114.0.0.0|smartphone,Google,Pixel 7");
  BOOST_TEST(told("Mozilla/5.0 (Linux; Android 10; VOG-L29) AppleWebKit/537.36 (KHTML, like Gecko) "
                  "Chrome/123.0.6312.40 Mobile Safari/537.36 OPR/76.2.4027.73374") ==
             "AND,Android,10|browser,OM,Opera Mobile,76.2,Blink,123.0.6312.40|smartphone,,");
}

BOOST_AUTO_TEST_CASE(sdks_scripts_and_unknown_agents_are_blank) {
  for (const std::string_view agent :
       {"", "UNKNOWN", "node", "curl/7.88.1", "AppwriteNodeJSSDK/27.1.0 (linux; x64)", "Mozilla/5.0", "Chrome/70.0"})
    BOOST_TEST((read_user_agent(agent) == ClientInfo{}), agent);
}

BOOST_AUTO_TEST_CASE(only_the_first_512_bytes_are_read) {
  const std::string at_the_end = "Mozilla/5.0 " + std::string(500, ' ');
  BOOST_TEST(told(at_the_end.substr(0, 486) + "Windows NT 10.0 Firefox/9").starts_with("WIN,Windows,10|browser,FF"));
  BOOST_TEST((read_user_agent(at_the_end + "(Windows NT 10.0) Firefox/9.0") == ClientInfo{}));
}

BOOST_AUTO_TEST_CASE(versions_are_digits_and_single_dots) {
  BOOST_TEST(read_user_agent("Mozilla/5.0 (Windows NT 10.0) Firefox/1..2").client_version == "1");
  BOOST_TEST(read_user_agent("Mozilla/5.0 (Windows NT 10.0) Firefox/.5").client_version == "");
  BOOST_TEST(read_user_agent("Mozilla/5.0 (Windows NT 10.0) Firefox/12.").client_version == "12");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace

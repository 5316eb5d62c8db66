#include "policies/address_policy.hpp"

#include <arpa/inet.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using namespace portcullis;

bool is_public(const std::string& text) {
  std::array<std::uint8_t, 16> bytes{};
  const bool v6 = text.find(':') != std::string::npos;
  BOOST_REQUIRE(inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) == 1);
  return policies::is_public_address(std::span(bytes).first(v6 ? 16 : 4));
}

BOOST_AUTO_TEST_SUITE(address_policy)

BOOST_AUTO_TEST_CASE(addresses_of_the_open_internet_are_public) {
  for (const char* each : {"8.8.8.8",          "9.255.255.255",        "11.0.0.0",
                           "100.63.255.255",   "100.128.0.0",          "126.255.255.255",
                           "128.0.0.1",        "169.253.255.255",      "172.15.255.255",
                           "172.32.0.0",       "192.167.255.255",      "198.17.255.255",
                           "198.20.0.0",       "223.255.255.255",      "2606:4700:4700::1111",
                           "2a00:1450::1",     "2001:4860:4860::8888", "::ffff:8.8.8.8",
                           "64:ff9b::8.8.8.8", "2002:808:808::1"})
    BOOST_TEST(is_public(each), each);
}

BOOST_AUTO_TEST_CASE(addresses_of_networks_nearby_are_not) {
  for (const char* each : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.1",
                           "100.64.0.1",
                           "127.0.0.1",
                           "127.255.255.254",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.9",
                           "224.0.0.1",
                           "239.1.1.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "fe80::1",
                           "fc00::1",
                           "fd12:3456::1",
                           "ff02::1",
                           "2001:db8::1",
                           "2001::1",
                           "100::1",
                           "3fff::1"})
    BOOST_TEST(!is_public(each), each);
}

BOOST_AUTO_TEST_CASE(an_address_wrapped_in_another_is_judged_by_what_it_leads_to) {
  for (const char* each : {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254",
                           "2002:7f00:1::1", "2002:a9fe:a9fe::1", "::127.0.0.1"})
    BOOST_TEST(!is_public(each), each);
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_not_public) {
  const std::array<std::uint8_t, 17> bytes{8, 8, 8, 8};
  for (std::size_t size : {0U, 1U, 3U, 5U, 15U, 17U})
    BOOST_TEST(!policies::is_public_address(std::span(bytes).first(size)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace

// Pepper files: what is read, what is refused and in which words.

#include "core/password/pepper.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "tests/support/temporary_folder.hpp"

using namespace portcullis;

namespace {

constexpr const char* one = "MDEyMzQ1Njc4OWFiY2RlZg==";  // 0123456789abcdef

std::string refusal(const std::string& text) {
  try {
    static_cast<void>(Peppers::parse(text));
  } catch (const std::runtime_error& wrong) {
    return wrong.what();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(password_pepper)

BOOST_AUTO_TEST_CASE(the_last_line_is_for_new_hashes_and_all_are_found) {
  const Peppers peppers =
      Peppers::parse("# of last year\r\na " + std::string(one) + "\r\n\n  b_2-\t" + "QUFBQUFBQUFBQUFBQUFBQQ" + "\n");
  BOOST_TEST(peppers.size() == 2U);
  BOOST_REQUIRE(peppers.current() != nullptr);
  BOOST_TEST(peppers.current()->id == "b_2-");
  BOOST_TEST(peppers.current()->secret.view() == std::string(16, 'A'));
  BOOST_REQUIRE(peppers.find("a") != nullptr);
  BOOST_TEST(peppers.find("a")->secret.view() == "0123456789abcdef");
  BOOST_TEST(peppers.find("") == nullptr);
  BOOST_TEST(peppers.find("A") == nullptr);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_with_its_line_and_without_the_secret) {
  const std::string good = std::string("a ") + one + "\n";
  BOOST_TEST(refusal("") == "it holds no pepper");
  BOOST_TEST(refusal("# nothing\n") == "it holds no pepper");
  for (const std::string bad : {"a\n", "toolong99 MDEyMzQ1Njc4OWFiY2RlZg==\n", "a/b MDEyMzQ1Njc4OWFiY2RlZg==\n"})
    BOOST_TEST(refusal(good + bad).starts_with("line 2 must be an id"), bad);
  for (const std::string bad : {"b MDEyMzQ1Njc4OWFiY2Rl\n", "b ????????????????????????\n"})
    BOOST_TEST(refusal(good + bad) == "line 2 must hold a secret of 16 to 64 bytes in base64", bad);
  std::string secret(88, 'A');
  BOOST_TEST(refusal("b " + secret + "\n").starts_with("line 1 must hold"));  // 66 bytes
  BOOST_TEST(refusal(good + good) == "line 2 repeats an id");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_refused) {
  BOOST_CHECK_THROW(static_cast<void>(Peppers::read("/nonexistent/pepper")), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_file_that_others_may_read_is_refused) {
  namespace fs = std::filesystem;
  const test::TemporaryFolder folder;
  const std::string name = (folder.path() / "peppers").string();
  std::ofstream(name) << "a " << one << "\n";
  fs::permissions(name, fs::perms(0600));
  BOOST_TEST(Peppers::read(name).size() == 1U);
  for (const int mode : {0640, 0604, 0660}) {
    fs::permissions(name, fs::perms(mode));
    BOOST_CHECK_EXCEPTION(static_cast<void>(Peppers::read(name)), std::runtime_error, [](const auto& said) {
      return std::string_view(said.what()) == "it is open to others; chmod it to 0600";
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()

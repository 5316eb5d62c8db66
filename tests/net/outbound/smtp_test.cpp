#include "net/outbound/smtp.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace portcullis::outbound;
using portcullis::policies::TryResult;

Outcome outcome(CURLcode code, SmtpStage stage, int reply) { return smtp_outcome("m1", code, stage, {reply, ""}); }

BOOST_AUTO_TEST_SUITE(smtp)

BOOST_AUTO_TEST_CASE(replies_are_read_by_their_codes) {
  BOOST_TEST(read_reply("550 5.1.1 no such user\r\n").code == 550);
  BOOST_TEST(read_reply("550 5.1.1 no such user\r\n").enhanced == "5.1.1");
  BOOST_TEST(read_reply("451 later").enhanced.empty());
  BOOST_TEST(read_reply("250").code == 250);
  BOOST_TEST(read_reply("550 5.1.1234567 x").enhanced.empty());
  BOOST_TEST(read_reply("550 1.2.secret x").enhanced.empty());
  for (const char* line : {"", "5", "55", "abc d", "5x0 no", "550-more follows\r\n"})
    BOOST_TEST(read_reply(line).code == 0);
}

BOOST_AUTO_TEST_CASE(refusals_of_the_message_are_final_and_others_are_not) {
  struct Row {
    SmtpStage stage;
    int reply;
    TryResult result;
  };
  constexpr auto failed = TryResult::failed, refused = TryResult::refused;
  for (const Row& row :
       {Row{SmtpStage::greeting, 554, failed}, Row{SmtpStage::hello, 502, failed}, Row{SmtpStage::tls, 454, failed},
        Row{SmtpStage::log_in, 535, failed}, Row{SmtpStage::mail, 530, failed}, Row{SmtpStage::mail, 552, refused},
        Row{SmtpStage::recipient, 550, refused}, Row{SmtpStage::recipient, 450, failed},
        Row{SmtpStage::data, 554, refused}, Row{SmtpStage::data, 451, failed}}) {
    const Outcome out = outcome(CURLE_SEND_ERROR, row.stage, row.reply);
    BOOST_TEST((out.result == row.result), row.reply << " " << out.words);
    BOOST_TEST(out.words.find(std::to_string(row.reply)) != std::string::npos);
    BOOST_TEST(out.host_answered == (row.stage >= SmtpStage::mail));
  }
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_without_a_reply_is_no_refusal) {
  for (const CURLcode code : {CURLE_RECV_ERROR, CURLE_OPERATION_TIMEDOUT, CURLE_COULDNT_CONNECT,
                              CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED})
    BOOST_TEST((outcome(code, SmtpStage::data, 0).result == TryResult::failed));
}

BOOST_AUTO_TEST_CASE(refused_credentials_are_said_to_be_that) {
  const Outcome out = outcome(CURLE_LOGIN_DENIED, SmtpStage::log_in, 535);
  BOOST_TEST((out.result == TryResult::failed));
  BOOST_TEST(out.words.find("authentication") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_accepted_is_accepted) {
  BOOST_TEST((outcome(CURLE_OK, SmtpStage::data, 0).result == TryResult::accepted));
  BOOST_TEST(outcome(CURLE_OK, SmtpStage::data, 0).host_answered);
}

BOOST_AUTO_TEST_CASE(commands_move_the_conversation_on) {
  BOOST_TEST((stage_of("EHLO x\r\n", SmtpStage::greeting) == SmtpStage::hello));
  BOOST_TEST((stage_of("AUTH PLAIN abc\r\n", SmtpStage::hello) == SmtpStage::log_in));
  BOOST_TEST((stage_of("c2VjcmV0\r\n", SmtpStage::log_in) == SmtpStage::log_in));
  BOOST_TEST((stage_of("RCPT TO:<a@b>\r\n", SmtpStage::mail) == SmtpStage::recipient));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace

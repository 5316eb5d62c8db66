#include "core/byte_budget.hpp"

#include <boost/test/unit_test.hpp>

namespace portcullis {

BOOST_AUTO_TEST_SUITE(budget)

BOOST_AUTO_TEST_CASE(holders_share_what_there_is_and_give_it_back_with_themselves) {
  ByteBudget budget(100);
  BudgetShare first(budget);
  BOOST_TEST(first.grow(60));
  {
    BudgetShare second(budget);
    BOOST_TEST(!second.grow(41));
    BOOST_TEST(second.size() == 0U);
    BOOST_TEST(second.grow(40));
    BOOST_TEST(second.grow(10));  // it has that much
    BOOST_TEST(!first.grow(61));
    second.shrink(39);
    BOOST_TEST(first.grow(61));
  }
  BOOST_TEST(first.grow(100));
  BOOST_TEST(!first.grow(101));
  BOOST_TEST(first.size() == 100U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis

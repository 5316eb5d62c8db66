#include "core/room.hpp"

#include <boost/test/unit_test.hpp>

namespace portcullis {

BOOST_AUTO_TEST_SUITE(room)

BOOST_AUTO_TEST_CASE(holders_share_what_there_is_and_give_it_back_with_themselves) {
  Room room(100);
  RoomShare first(room);
  BOOST_TEST(first.grow(60));
  {
    RoomShare second(room);
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

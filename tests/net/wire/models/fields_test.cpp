// Field lists and the one writer of them.
#include "net/wire/models/fields.hpp"

#include <boost/test/unit_test.hpp>

namespace portcullis::models {
namespace {

struct Point {
  int x = 0;
};
void put_x(json::Writer& w, const Point& p, const Viewer&) { w.integer(p.x); }
constexpr Field<Point> points[] = {{"x", schema::integer, put_x}};
constexpr Field<Point> named_points[] = {{"name", schema::text, put_x}, {"shown", schema::text, put_x}};

template <const auto& fields>
std::string written() {
  std::string out;
  json::Writer w(out);
  write<fields>(w, Point{7}, Viewer{});
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_fields)

BOOST_AUTO_TEST_CASE(two_lists_of_one_type_keep_their_own_names) {
  BOOST_TEST(written<points>() == R"({"x":7})");
  BOOST_TEST(written<named_points>() == R"({"name":7,"shown":7})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::models

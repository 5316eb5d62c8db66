#define BOOST_TEST_MODULE portcullis
#include <boost/test/unit_test.hpp>

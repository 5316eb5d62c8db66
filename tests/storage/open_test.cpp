#include "storage/open.hpp"

#include <cerrno>
#include <stdexcept>

#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

/// The slow engine refuses some changes at first.
result<void> submit_stubbornly(Engine& engine, const EngineChange& change) {
  for (;;) {
    result<void> answer = submit_now(engine, change);
    if (answer || answer.error().code != errc::again) return answer;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(opening)

BOOST_AUTO_TEST_CASE(engines_have_the_names_of_the_configuration) {
  BOOST_TEST((engine_named("lmdb") == EngineKind::lmdb));
  BOOST_TEST((engine_named("slow") == EngineKind::slow));
  BOOST_TEST(!engine_named("postgres"));
  BOOST_TEST(!engine_named(""));
}

BOOST_AUTO_TEST_CASE(a_store_is_made_where_there_is_none_and_opens_again_by_either_engine) {
  TemporaryFolder folder;
  OpenOptions options;
  options.folder = folder.path() / "new";
  {
    const std::unique_ptr<Engine> made = open_store(options);
    BOOST_REQUIRE(submit_now(*made, writes({Put{"k", "v"}})));
  }
  options.when_absent = WhenAbsent::refuse;
  for (const EngineKind kind : {EngineKind::lmdb, EngineKind::slow}) {
    options.engine = kind;
    BOOST_TEST(value_of(*open_store(options), "k").value_or("") == "v");
  }
}

BOOST_AUTO_TEST_CASE(a_folder_without_a_store_is_refused_and_left_as_it_was) {
  TemporaryFolder folder;
  OpenOptions options;
  options.folder = folder.path() / "none";
  options.when_absent = WhenAbsent::refuse;
  BOOST_CHECK_THROW(static_cast<void>(open_store(options)), std::runtime_error);
  BOOST_TEST(!std::filesystem::exists(options.folder));
}

BOOST_AUTO_TEST_CASE(hooks_and_trouble_reach_whatever_engine_is_opened) {
  for (const EngineKind kind : {EngineKind::lmdb, EngineKind::slow}) {
    TemporaryFolder folder;
    int fault = ENOSPC;
    std::vector<Trouble> told;
    OpenOptions options;
    options.folder = folder.path();
    options.engine = kind;
    options.faults.before_commit = [&fault] { return fault; };
    options.on_trouble = [&told](Trouble what, const std::string&) { told.push_back(what); };
    const std::unique_ptr<Engine> engine = open_store(options);
    const EngineChange change = writes({Put{"k", "v"}});
    const result<void> refused = submit_stubbornly(*engine, change);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().code == errc::storage_full);
    BOOST_TEST((told == std::vector{Trouble::disk_full}));
    fault = 0;
    BOOST_TEST(submit_stubbornly(*engine, change).has_value());
    engine->stop();
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage

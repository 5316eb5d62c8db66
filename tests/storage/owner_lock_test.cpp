#include "storage/owner_lock.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/storage/fixture.hpp"

namespace portcullis::storage {

BOOST_AUTO_TEST_SUITE(owner_lock)

BOOST_AUTO_TEST_CASE(the_second_taker_is_refused_and_learns_the_owner) {
  TemporaryFolder folder;
  {
    const std::optional<OwnerLock> lock = OwnerLock::take(folder.path());
    BOOST_REQUIRE(lock.has_value());
    BOOST_TEST(!OwnerLock::take(folder.path()).has_value());
    BOOST_TEST((OwnerLock::owner(folder.path()) == ::getpid()));
  }
  BOOST_TEST(OwnerLock::take(folder.path()).has_value());
}

BOOST_AUTO_TEST_CASE(the_lock_of_a_killed_process_is_free) {
  TemporaryFolder folder;
  int ready[2];
  BOOST_REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::optional<OwnerLock> lock = OwnerLock::take(folder.path());
    static_cast<void>(::write(ready[1], "x", 1) == 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  BOOST_REQUIRE(::read(ready[0], &byte, 1) == 1);
  BOOST_TEST(!OwnerLock::take(folder.path()).has_value());
  BOOST_TEST((OwnerLock::owner(folder.path()) == child));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  BOOST_TEST(OwnerLock::take(folder.path()).has_value());
  ::close(ready[0]);
  ::close(ready[1]);
}

BOOST_AUTO_TEST_CASE(the_folder_is_made_for_its_owner_only) {
  TemporaryFolder folder;
  const std::filesystem::path data = folder.path() / "above" / "data";
  const std::optional<OwnerLock> lock = OwnerLock::take(data);
  BOOST_REQUIRE(lock.has_value());
  BOOST_TEST((std::filesystem::status(data).permissions() == std::filesystem::perms::owner_all));
}

BOOST_AUTO_TEST_CASE(a_folder_open_to_others_is_closed_when_it_is_a_stores_or_empty) {
  namespace fs = std::filesystem;
  for (const bool is_empty : {true, false}) {
    TemporaryFolder folder;
    if (!is_empty) std::ofstream(folder.path() / "data.mdb") << "";
    fs::permissions(folder.path(), fs::perms(0755));
    BOOST_TEST(OwnerLock::take(folder.path()).has_value());
    BOOST_TEST((fs::status(folder.path()).permissions() == fs::perms::owner_all));
  }
}

BOOST_AUTO_TEST_CASE(a_folder_open_to_others_that_is_somebodys_is_refused_and_left_as_it_is) {
  namespace fs = std::filesystem;
  for (const fs::perms perms : {fs::perms(0750), fs::perms(01777)}) {
    TemporaryFolder folder;
    std::ofstream(folder.path() / (perms == fs::perms(01777) ? "data.mdb" : "letters.txt")) << "";
    fs::permissions(folder.path(), perms);
    BOOST_CHECK_EXCEPTION(static_cast<void>(OwnerLock::take(folder.path())), std::runtime_error, [](const auto& said) {
      return std::string_view(said.what()).find("open to others; chmod it to 0700") != std::string_view::npos;
    });
    BOOST_TEST((fs::status(folder.path()).permissions() == perms));
  }
}

BOOST_AUTO_TEST_CASE(a_path_that_is_no_folder_is_refused_by_name) {
  TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "file";
  std::ofstream(file) << "x";
  const auto names_it = [&](const std::runtime_error& refusal) {
    return std::string_view(refusal.what()).find(file.string()) != std::string_view::npos;
  };
  BOOST_CHECK_EXCEPTION(static_cast<void>(OwnerLock::take(file)), std::runtime_error, names_it);
}

BOOST_AUTO_TEST_CASE(a_lock_file_without_a_pid_names_nobody) {
  TemporaryFolder folder;
  BOOST_TEST(!OwnerLock::owner(folder.path()).has_value());
  std::ofstream(folder.path() / "lock") << "not a pid";
  BOOST_TEST(!OwnerLock::owner(folder.path()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage

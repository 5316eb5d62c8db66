#include <string>
#include <string_view>

#include "net/config/options.hpp"
#include "net/wire/project_settings.hpp"

namespace portcullis {

std::string configuration_document() {
  const Config initial;
  std::string out =
      "# Configuration\n\n"
      "Options of `portcullis serve`, made from the program's own table by `portcullis docs configuration`.\n"
      "A flag wins over its environment variable; a wrong value is refused at start with the option's name.\n";
  std::string_view group;
  for (const ConfigOption& option : config_options()) {
    if (group != option.group) {
      group = option.group;
      out += "\n## " + std::string(group) +
             "\n\n| option | environment | unit | default | what it does and why |\n|---|---|---|---|---|\n";
    }
    std::string value = option.value;
    for (std::size_t at = 0; (at = value.find('|', at)) != std::string::npos; at += 2) value.insert(at, "\\");
    const std::string text = option.initial(initial);
    out += "| `" + std::string(option.flag) + " " + value + "` | `" + environment_name(option) + "` | " + option.unit +
           " | " + (text.empty() ? "none" : "`" + text + "`") + " | " + option.reason + " |\n";
  }
  out +=
      "\nCommands read `--data` and `--seal-key-file` (or their environment variables), and hash passwords at the cost "
      "of\n"
      "`PORTCULLIS_HASH_MEMORY` and `PORTCULLIS_HASH_PASSES` with the pepper of `PORTCULLIS_PEPPER_FILE` when no "
      "server is "
      "running.\n"
      "\n## Project settings\n\nSet with `portcullis project set --project ID NAME=VALUE ...`; they hold from the next "
      "request on.\n\n| name | value | default | meaning |\n|---|---|---|---|\n";
  for (const wire::ProjectSetting& setting : wire::project_settings()) {
    const std::string initial_text = wire::setting_text(setting, ProjectSettings{});
    const std::string_view rule = std::string_view(setting.rule).substr(std::string_view("must be ").size());
    out += "| `" + std::string(setting.name) + "` | " + std::string(rule) + " | " +
           (initial_text.empty() ? "" : "`" + initial_text + "`") + " | " + setting.meaning + " |\n";
  }
  return out;
}

}  // namespace portcullis

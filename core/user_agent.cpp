#include "core/user_agent.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace portcullis {
namespace {

constexpr std::size_t max_bytes = 512;

enum class Engine { blink, webkit, gecko, edge };
enum class Where { anywhere, phone };

/// A browser's name in the header. The first row that matches wins; browsers also name others for compatibility, so the
/// names that others use come last.
struct BrowserRow {
  std::string_view mark;          ///< must be there
  std::string_view version_mark;  ///< the version follows it
  Where where;                    ///< `phone`: only together with `Mobile`
  Engine engine;
  std::string_view code, name;
};

constexpr BrowserRow browsers[] = {
    {"EdgiOS/", "EdgiOS/", Where::anywhere, Engine::webkit, "PS", "Microsoft Edge"},
    {"EdgA/", "EdgA/", Where::anywhere, Engine::blink, "PS", "Microsoft Edge"},
    {"Edg/", "Edg/", Where::anywhere, Engine::blink, "PS", "Microsoft Edge"},
    {"Edge/", "Edge/", Where::anywhere, Engine::edge, "PS", "Microsoft Edge"},
    {"OPiOS/", "OPiOS/", Where::anywhere, Engine::webkit, "IO", "Opera Mini iOS"},
    {"OPT/", "OPT/", Where::anywhere, Engine::webkit, "OT", "Opera Touch"},
    {"OPR/", "OPR/", Where::phone, Engine::blink, "OM", "Opera Mobile"},
    {"OPR/", "OPR/", Where::anywhere, Engine::blink, "OP", "Opera"},
    {"SamsungBrowser/", "SamsungBrowser/", Where::anywhere, Engine::blink, "SB", "Samsung Browser"},
    {"YaBrowser/", "YaBrowser/", Where::anywhere, Engine::blink, "YA", "Yandex Browser"},
    {"Vivaldi/", "Vivaldi/", Where::anywhere, Engine::blink, "VI", "Vivaldi"},
    {"Whale/", "Whale/", Where::anywhere, Engine::blink, "WR", "Whale Browser"},
    {"UCBrowser/", "UCBrowser/", Where::anywhere, Engine::blink, "UC", "UC Browser"},
    {"MiuiBrowser/", "MiuiBrowser/", Where::anywhere, Engine::blink, "MU", "Mi Browser"},
    {"HuaweiBrowser/", "HuaweiBrowser/", Where::phone, Engine::blink, "HU", "Huawei Browser Mobile"},
    {"DuckDuckGo/", "DuckDuckGo/", Where::anywhere, Engine::webkit, "DD", "DuckDuckGo Privacy Browser"},
    {"HeadlessChrome/", "HeadlessChrome/", Where::anywhere, Engine::blink, "HC", "Headless Chrome"},
    {"CriOS/", "CriOS/", Where::anywhere, Engine::webkit, "CI", "Chrome Mobile iOS"},
    {"FxiOS/", "FxiOS/", Where::anywhere, Engine::webkit, "F1", "Firefox Mobile iOS"},
    {"; wv)", "Chrome/", Where::anywhere, Engine::blink, "CV", "Chrome Webview"},
    {"Chromium/", "Chromium/", Where::anywhere, Engine::blink, "CR", "Chromium"},
    {"Chrome/", "Chrome/", Where::phone, Engine::blink, "CM", "Chrome Mobile"},
    {"Chrome/", "Chrome/", Where::anywhere, Engine::blink, "CH", "Chrome"},
    {"Android", "Firefox/", Where::anywhere, Engine::gecko, "FM", "Firefox Mobile"},
    {"Firefox/", "Firefox/", Where::anywhere, Engine::gecko, "FF", "Firefox"},
    {"Android", "Version/", Where::anywhere, Engine::webkit, "AN", "Android Browser"},
    {"Safari/", "Version/", Where::phone, Engine::webkit, "MF", "Mobile Safari"},
    {"Safari/", "Version/", Where::anywhere, Engine::webkit, "SF", "Safari"},
};

struct SystemRow {
  std::string_view mark;          ///< must be there
  std::string_view version_mark;  ///< the version follows it; empty = none is told
  std::string_view code, name;
};

constexpr SystemRow systems[] = {
    {"Windows Phone", "Windows Phone ", "WPH", "Windows Phone"},
    {"Windows NT", "Windows NT ", "WIN", "Windows"},
    {"HarmonyOS", "HarmonyOS ", "HAR", "HarmonyOS"},
    {"Android", "Android ", "AND", "Android"},
    {"iPad", "CPU OS ", "IPA", "iPadOS"},
    {"iPhone", "iPhone OS ", "IOS", "iOS"},
    {"iPod", "iPhone OS ", "IOS", "iOS"},
    {"CrOS ", "", "COS", "Chrome OS"},
    {"Mac OS X", "Mac OS X ", "MAC", "Mac"},
    {"FreeBSD", "FreeBSD ", "BSD", "FreeBSD"},
    {"Ubuntu", "", "UBT", "Ubuntu"},
    {"Linux", "", "LIN", "GNU/Linux"},
};

/// Product names of the versions of Windows NT.
constexpr std::string_view windows_names[][2] = {{"10.0", "10"}, {"6.3", "8.1"},   {"6.2", "8"},
                                                 {"6.1", "7"},   {"6.0", "Vista"}, {"5.1", "XP"}};

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Digits and dots after `mark`, `_` read as a dot; blank when there are none.
std::string version_after(std::string_view text, std::string_view mark) {
  std::string version;
  const std::size_t at = mark.empty() ? std::string_view::npos : text.find(mark);
  if (at == std::string_view::npos) return version;
  for (const char c : text.substr(at + mark.size())) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && ((c != '.' && c != '_') || version.empty() || version.back() == '.')) break;
    version.push_back(digit ? c : '.');
  }
  while (version.ends_with('.')) version.pop_back();
  return version;
}

/// `70.0` of `70.0.3538.77`.
std::string major_minor(std::string version) {
  const std::size_t dot = version.find('.');
  if (dot != std::string::npos) version.resize(std::min(version.find('.', dot + 1), version.size()));
  return version;
}

void read_system(std::string_view agent, ClientInfo& info) {
  const auto* const row =
      std::find_if(std::begin(systems), std::end(systems), [&](const SystemRow& s) { return has(agent, s.mark); });
  if (row == std::end(systems)) return;
  info.os_code = row->code;
  info.os_name = row->name;
  info.os_version = major_minor(version_after(agent, row->version_mark));
  if (row->code == "COS") {  // `CrOS <machine> <version>`
    const std::string_view machine = agent.substr(agent.find(row->mark) + row->mark.size());
    info.os_version = major_minor(version_after(machine.substr(0, machine.find(')')), " "));
  }
  if (row->code == "WIN")
    for (const auto& [number, name] : windows_names)
      if (info.os_version == number) info.os_version = name;
}

void read_engine(std::string_view agent, Engine engine, ClientInfo& info) {
  switch (engine) {
    case Engine::blink:
      info.client_engine = "Blink";
      info.client_engine_version = version_after(agent, "Chrome/");
      break;
    case Engine::webkit:
      info.client_engine = "WebKit";
      info.client_engine_version = version_after(agent, "AppleWebKit/");
      break;
    case Engine::gecko:
      info.client_engine = "Gecko";
      info.client_engine_version = version_after(agent, "rv:");
      break;
    case Engine::edge:
      info.client_engine = "Edge";
      info.client_engine_version = version_after(agent, "Edge/");
      break;
  }
}

bool read_browser(std::string_view agent, ClientInfo& info) {
  const bool phone = has(agent, "Mobile");
  const auto fits = [&](const BrowserRow& b) {
    return has(agent, b.mark) && has(agent, b.version_mark) && (b.where == Where::anywhere || phone);
  };
  const auto* const row = std::find_if(std::begin(browsers), std::end(browsers), fits);
  if (row == std::end(browsers)) return false;
  info.client_type = "browser";
  info.client_code = row->code;
  info.client_name = row->name;
  info.client_version = major_minor(version_after(agent, row->version_mark));
  read_engine(agent, row->engine, info);
  return true;
}

/// `Pixel 7` of `(Linux; Android 13; Pixel 7)`; blank for other makers, whose model codes are not names.
std::string pixel_model(std::string_view agent) {
  const std::size_t at = agent.find("; Pixel ");
  if (at == std::string_view::npos) return {};
  const std::string_view rest = agent.substr(at + 2);
  const std::size_t end = rest.find_first_of(";)");
  if (end == std::string_view::npos) return {};
  const std::string_view name = rest.substr(0, end);
  return std::string(name.substr(0, name.find(" Build/")));
}

void read_device(std::string_view agent, ClientInfo& info) {
  const std::string& os = info.os_code;
  if (os == "AND" || os == "HAR") {
    info.device_name = has(agent, "Mobile") ? "smartphone" : "tablet";
    info.device_model = pixel_model(agent);
    if (!info.device_model.empty()) info.device_brand = "Google";
    if (has(agent, "; SM-")) info.device_brand = "Samsung";
  } else if (os == "IPA") {
    info.device_name = "tablet";
    info.device_brand = "Apple";
    info.device_model = "iPad";
  } else if (os == "IOS") {
    const bool pod = has(agent, "iPod");
    info.device_name = pod ? "portable media player" : "smartphone";
    info.device_brand = "Apple";
    info.device_model = pod ? "iPod Touch" : "iPhone";
  } else if (os == "WPH") {
    info.device_name = "smartphone";
  } else if (!os.empty()) {
    info.device_name = "desktop";
  }
}

}  // namespace

ClientInfo read_user_agent(std::string_view user_agent) {
  const std::string_view agent = user_agent.substr(0, max_bytes);
  ClientInfo info;
  if (has(agent, "AppwriteCLI")) {
    info.client_type = "desktop";
    info.client_code = "cli";
    info.client_name = "Appwrite CLI";
    info.client_version = version_after(agent, "AppwriteCLI/");
    return info;
  }
  // Every browser's header begins with Mozilla; others (SDKs, scripts, libraries) stay blank.
  if (!agent.starts_with("Mozilla/") || !read_browser(agent, info)) return info;
  read_system(agent, info);
  read_device(agent, info);
  return info;
}

}  // namespace portcullis

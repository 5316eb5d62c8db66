#include "core/email_class.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace portcullis {
namespace {

/// How a provider's addresses are made canonical; `domain` empty = unchanged.
struct Family {
  std::string_view domain;
  bool strips_dots = false;
  char tag = '+';          ///< what opens the part to cut
  bool cuts_last = false;  ///< cuts at the last such character, not at the first
};

constexpr std::pair<std::string_view, Family> families[] = {{"gmail.com", {"gmail.com", true}},
                                                            {"googlemail.com", {"gmail.com", true}},
                                                            {"outlook.com", {"outlook.com"}},
                                                            {"hotmail.com", {"outlook.com"}},
                                                            {"hotmail.co.uk", {"outlook.com"}},
                                                            {"hotmail.fr", {"outlook.com"}},
                                                            {"hotmail.de", {"outlook.com"}},
                                                            {"hotmail.es", {"outlook.com"}},
                                                            {"hotmail.it", {"outlook.com"}},
                                                            {"outlook.fr", {"outlook.com"}},
                                                            {"outlook.de", {"outlook.com"}},
                                                            {"outlook.es", {"outlook.com"}},
                                                            {"live.com", {"outlook.com"}},
                                                            {"live.co.uk", {"outlook.com"}},
                                                            {"live.fr", {"outlook.com"}},
                                                            {"live.nl", {"outlook.com"}},
                                                            {"msn.com", {"outlook.com"}},
                                                            {"passport.com", {"outlook.com"}},
                                                            {"icloud.com", {"icloud.com"}},
                                                            {"me.com", {"icloud.com"}},
                                                            {"mac.com", {"icloud.com"}},
                                                            {"yahoo.com", {"yahoo.com", false, '-', true}},
                                                            {"ymail.com", {"yahoo.com", false, '-', true}},
                                                            {"rocketmail.com", {"yahoo.com", false, '-', true}},
                                                            {"protonmail.com", {"protonmail.com"}},
                                                            {"proton.me", {"protonmail.com"}},
                                                            {"pm.me", {"protonmail.com"}},
                                                            {"fastmail.com", {"fastmail.com"}},
                                                            {"fastmail.fm", {"fastmail.com"}},
                                                            {"walla.com", {"walla.co.il"}},
                                                            {"walla.co.il", {"walla.co.il"}}};

template <std::size_t Size>
constexpr std::array<std::string_view, Size> sorted(const std::string_view (&list)[Size]) {
  std::array<std::string_view, Size> out{};
  std::copy(std::begin(list), std::end(list), out.begin());
  std::sort(out.begin(), out.end());
  return out;
}

// The best known providers only.
constexpr auto free_domains = sorted(
    {"126.com",     "163.com",        "aol.com",        "bol.com.br", "fastmail.com", "fastmail.fm", "free.fr",
     "gmail.com",   "gmx.at",         "gmx.ch",         "gmx.com",    "gmx.de",       "gmx.net",     "googlemail.com",
     "hotmail.com", "hotmail.co.uk",  "hotmail.de",     "hotmail.es", "hotmail.fr",   "hotmail.it",  "hushmail.com",
     "icloud.com",  "inbox.com",      "laposte.net",    "libero.it",  "live.co.uk",   "live.com",    "live.fr",
     "mac.com",     "mail.com",       "mail.ru",        "me.com",     "msn.com",      "naver.com",   "orange.fr",
     "outlook.com", "outlook.de",     "outlook.fr",     "pm.me",      "posteo.de",    "proton.me",   "protonmail.com",
     "qq.com",      "rediffmail.com", "rocketmail.com", "seznam.cz",  "t-online.de",  "tuta.io",     "tutanota.com",
     "uol.com.br",  "walla.co.il",    "web.de",         "wp.pl",      "yahoo.co.jp",  "yahoo.co.uk", "yahoo.com",
     "yahoo.de",    "yahoo.fr",       "yandex.com",     "yandex.ru",  "ymail.com",    "zoho.com"});
constexpr auto disposable_domains =
    sorted({"10minutemail.com",  "20minutemail.com",  "anonaddy.me",      "discard.email",      "dispostable.com",
            "dropmail.me",       "emailondeck.com",   "fakeinbox.com",    "getairmail.com",     "getnada.com",
            "guerrillamail.biz", "guerrillamail.com", "guerrillamail.de", "guerrillamail.info", "guerrillamail.net",
            "guerrillamail.org", "inboxkitten.com",   "mail-temp.com",    "mailcatch.com",      "maildrop.cc",
            "mailinator.com",    "mailnesia.com",     "mailnull.com",     "mailsac.com",        "mintemail.com",
            "mohmal.com",        "moakt.com",         "mytemp.email",     "sharklasers.com",    "spam4.me",
            "spambox.us",        "spamgourmet.com",   "temp-mail.org",    "tempail.com",        "tempmail.com",
            "tempmail.net",      "tempr.email",       "throwaway.email",  "throwawaymail.com",  "trash-mail.com",
            "trashmail.com",     "trashmail.de",      "trbvm.com",        "yopmail.com",        "yopmail.fr",
            "yopmail.net"});

template <std::size_t Size>
bool holds(const std::array<std::string_view, Size>& list, std::string_view domain) {
  return std::binary_search(list.begin(), list.end(), domain);
}

}  // namespace

EmailClass classify_email(std::string_view email) {
  EmailClass out;
  const std::size_t at = email.rfind('@');
  std::string local;
  local.reserve(email.size() + 16);  // the canonical form grows from it
  local.append(email.substr(0, at));
  std::string_view domain = at == std::string_view::npos ? std::string_view{} : email.substr(at + 1);
  out.is_disposable = holds(disposable_domains, domain);
  out.is_free = !out.is_disposable && holds(free_domains, domain);
  out.is_corporate = !out.is_disposable && !out.is_free;
  for (const auto& [name, family] : families) {
    if (name != domain) continue;
    const std::size_t cut = family.cuts_last ? local.rfind(family.tag) : local.find(family.tag);
    if (cut != std::string::npos && cut > 0) local.resize(cut);
    if (family.strips_dots) local.erase(std::remove(local.begin(), local.end(), '.'), local.end());
    domain = family.domain;
    break;
  }
  out.canonical = std::move(local);
  out.canonical += '@';
  out.canonical += domain;
  out.is_canonical = out.canonical == email;
  return out;
}

}  // namespace portcullis

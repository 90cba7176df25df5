// The refusal codes of the rules and those that the wire documents are one list.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "hub/domain/refusal.hpp"

namespace tocsin::domain::test {
namespace {

std::filesystem::path repository() {
    return TOCSIN_SOURCE_DIR;
}

std::set<std::string> matches(const std::filesystem::path& file, const char* pattern) {
    std::ifstream in(file);
    EXPECT_TRUE(in) << file;
    std::set<std::string> found;
    const std::regex regex(pattern);
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (std::regex_search(line, match, regex)) {
            EXPECT_TRUE(found.insert(match[1]).second) << "twice: " << match[1];
        }
    }
    return found;
}

TEST(Codes, AreTheSameInTheRulesAndOnTheWire) {
    const std::set<std::string> documented =
        matches(repository() / "proto/tocsin/v1/error.proto", "^  //   ([a-z0-9_]+) +[^ ]");
    const std::set<std::string> declared = matches(
        repository() / "hub/domain/refusal.hpp", "std::string_view [a-z0-9_]+ = \"([a-z0-9_]+)\";");
    EXPECT_GT(declared.size(), 20U);
    EXPECT_EQ(declared, documented);
}

TEST(Codes, AreNamedAsTheyAreSpelt) {
    std::ifstream in(repository() / "hub/domain/refusal.hpp");
    const std::regex regex("std::string_view ([a-z0-9_]+) = \"([a-z0-9_]+)\";");
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (std::regex_search(line, match, regex)) {
            EXPECT_EQ(match[1], match[2]);
        }
    }
}

}  // namespace
}  // namespace tocsin::domain::test

#pragma once

#include <map>
#include <string>

namespace tally {

/// Counts words.
class Tally {
public:
    void add(const std::string &word);
    long count(const std::string &word) const;

private:
    std::map<std::string, long> counts_;
};

} // namespace tally

@image:base
Feature: The base is a small system that others can build on

  Scenario: It is a known system with an ordinary user
    Given the image under test
    Then the file "/etc/os-release" contains "ID=harbour"
    And the file "/etc/passwd" matches "(?m)^harbour:x:10001:10001:"
    And the path "/bin/sh" is a symlink to "userland"
    And the file "/bin/userland" is executable by "other"
    And the file "/bin/userland" is at most "8MB"

  Scenario: Anybody may write to the temporary folder, nobody to the settings
    Given the image under test
    Then the path "/tmp" is a directory
    And there are no world-writable files under "/etc"

  Scenario: The shell runs scripts
    When I run the shell script:
      """
      set -e
      mkdir -p /tmp/berth
      for ship in aurora borealis; do echo "$ship" > "/tmp/berth/$ship"; done
      cat /tmp/berth/aurora /tmp/berth/borealis
      """
    Then the exit code is 0
    And the output equals:
      """
      aurora
      borealis
      """

  Scenario Outline: The core commands are there
    When I run "<command>"
    Then the exit code is 0
    And the output matches "<output>"

    Examples:
      | command          | output     |
      | ls /etc          | os-release |
      | cat /etc/group   | nogroup    |
      | find /etc        | /etc/group |

  Scenario: No compiler has found its way in
    Then the command "go" is not available

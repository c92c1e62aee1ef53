Feature: The exit code tells what happened
  A pipeline reads nothing but the code, so each means one thing.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it

  Scenario: 0, done
    When I launch the fleet
    Then the exit code is 0

  Scenario: 1, something that nobody foresaw
    Given a file ".slipway":
      """
      A file, where slipway keeps a folder.
      """
    When I launch the fleet
    Then the exit code is 1

  Scenario: 2, an image failed
    Given "keel" also says "RUN ["/program", "sing"]" in its Dockerfile
    When I launch the fleet
    Then the exit code is 2
    And it says "blocked: [hull]"
    And nothing is left on the machine

  Scenario: 3, the gate refused
    Given "keel" is proved by:
      """
        Scenario: it sings
          When I run "/program sing"
          Then the exit code is 0
      """
    When I launch the fleet
    Then the exit code is 3

  Scenario: 4, the registry could not be reached
    Given the registry is gone
    When I say "slipway push keel"
    Then the exit code is 4

  Scenario: 5, the command line is wrong
    When I say "slipway lunch"
    Then the exit code is 5
    And it says "lunch"

  Scenario: 6, what was read is wrong and nothing ran
    Given a file "launch.yml":
      """
      - name: Build
        images: all
        tasks:
          - biuld: {}
      """
    When I launch the fleet
    Then the exit code is 6
    And it points to "launch.yml:4:7"
    And nothing was built

  Scenario: 3 is worse than 2
    Given "keel" is proved by:
      """
        Scenario: it sings
          When I run "/program sing"
          Then the exit code is 0
      """
    And a file "inventory/images/raft/Dockerfile":
      """
      FROM scratch
      RUN ["/nothing"]
      """
    And a file "inventory/images/raft/features/raft.feature":
      """
      Feature: raft
        Scenario: it floats
          Then the file "/nothing" exists
      """
    When I launch the fleet
    Then the exit code is 3
    And it says "fatal: [raft]: FAILED!"
    And it says "fatal: [keel]: REFUSED!"

  Scenario: 99, interrupted
    Given "hull" is proved by:
      """
        Scenario: it lingers
          When I run "/program linger"
          Then the stdout equals "lingered"
      """
    When slipway is launching the fleet
    And it is interrupted while "/program linger" runs
    Then the exit code is 99
    And "latest" of "hull" does not exist
    And nothing is left on the machine

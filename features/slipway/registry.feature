Feature: A registry that fails
  The tags of a set move together or not at all, also when the registry stops
  half way. What could not be put back is told, and put right by the next run.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it
    And both are promoted together

  Scenario: It refuses the second of two first promotions
    Given the registry will refuse the second "latest"
    When I launch the fleet
    Then the exit code is 4
    And it says "undone"
    And "latest" of "keel" does not exist
    And "latest" of "hull" does not exist
    When the registry is well again
    And I launch the fleet again
    Then the exit code is 0
    And it promoted 2 images

  Scenario: It refuses the second of two later promotions
    Given the fleet was launched
    And I note what "latest" of "keel" is
    And I note what "latest" of "hull" is
    And "keel" is changed
    And the registry will refuse the second "latest"
    When I launch the fleet
    Then the exit code is 4
    And it says "undone"
    And "latest" of "keel" is what it was
    And "latest" of "hull" is what it was

  Scenario: It breaks down altogether between two promotions
    Given the fleet was launched
    And I note what "latest" of "keel" is
    And I note what "latest" of "hull" is
    And "keel" is changed
    And the registry will break down at the second "latest"
    When I launch the fleet
    Then the exit code is 4
    And it says "keel:latest"
    And "latest" of "hull" is what it was
    When the registry is well again
    And I say "slipway build all"
    Then the exit code is 0
    And "latest" of "keel" is the very manifest under "test"
    And "latest" of "hull" is the very manifest under "test"

  Scenario: There is none
    Given the registry is gone
    When I launch the fleet
    Then the exit code is 4
    And it says "connection refused"
    And nothing is left on the machine

Feature: The whole way to latest
  One playbook builds what has changed, pushes it as a candidate, proves it and
  promotes what was proved. What is proved already is not proved again.

  Background:
    Given a fleet of "keel" and of "hull", which is built on it

  Scenario: A fleet is built, proved and launched
    When I launch the fleet
    Then the exit code is 0
    And it promoted 2 images
    And "latest" of "keel" is the very manifest under "test"
    And "latest" of "hull" is the very manifest under "test"
    And every tag in the registry is whole
    And nothing is left on the machine
    When I say "slipway verify hull"
    Then the exit code is 0

  Scenario: The second time, nothing changes
    Given the fleet was launched
    When I launch the fleet again
    Then the exit code is 0
    And nothing has changed
    And nothing was written to the registry

  Scenario: A fresh machine knows what was built and proved elsewhere
    Given the fleet was launched
    When I launch the fleet from a fresh machine
    Then the exit code is 0
    And nothing was built again
    And nothing has changed
    And nothing was written to the registry

  Scenario: Only what has changed is launched
    Given the fleet was launched
    And I note what "latest" of "keel" is
    And I note what "latest" of "hull" is
    And "hull" is changed
    When I launch the fleet again
    Then the exit code is 0
    And it promoted 1 image
    And "latest" of "keel" is what it was
    And "latest" of "hull" has moved

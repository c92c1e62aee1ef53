Feature: A feature that proves nothing is refused before anything is built
  Zero scenarios, undefined steps and empty scenarios are mistakes, not passes.
  They are told with their place, the exit code is 6, and nothing is done.
  (A step cannot be pending or skipped in the words that features are written
  in; that the gate would refuse such a verdict all the same is tested in
  core/smoke.)

  Background:
    Given a fleet of "keel" and of "hull", which is built on it

  Scenario: An image without a feature
    Given "hull" has no feature
    When I launch the fleet
    Then the exit code is 6
    And it points to "launch.yml:8:7"
    And it says "hull has no scenario"
    And nothing was built
    And nothing was written to the registry

  Scenario Outline: <mistake>
    Given "hull" is proved by:
      """
        <first>
          <second>
          <third>
      """
    When I launch the fleet
    Then the exit code is 6
    And it points to "images/hull/features/hull.feature:<place>"
    And it says "<message>"
    And nothing was built
    And nothing was written to the registry

    Examples:
      | mistake                       | first                   | second                      | third                             | place | message |
      | An undefined step             | Scenario: it greets     | When I run "/program greet" | Then the stdout equalz "good day" | 4:5   | no step |
      | A scenario without steps      | Scenario: it greets     |                             |                                   | 2:3   | no step |
      | A mistyped keyword            | Scenario: it greets     | When I run "/program greet" | Thn the stdout equals "good day"  | 4:5   | Thn     |
      | A mistyped scenario           | Scenari: it greets      | When I run "/program greet" | Then the exit code is 0           | 2:3   | Scenari |
      | An outline without rows       | Scenario Outline: greet | When I run "/program greet" | Then the exit code is 0           | 2:3   | row     |
      | Only what the playbook leaves | @wip                    | Scenario: it greets         | When I run "/program greet"       | 1:1   | xx      |

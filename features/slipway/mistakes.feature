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
    And it points to "launch.yml:9:7"
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
    And it points to "inventory/images/hull/features/hull.feature:<place>"
    And it says "<message>"
    And nothing was built
    And nothing was written to the registry

    Examples:
      | mistake                     | first                   | second                      | third                             | place | message                              |
      | An undefined step           | Scenario: it greets     | When I run "/program greet" | Then the stdout equalz "good day" | 4:7   | no step matches                      |
      | A scenario without steps    | Scenario: it greets     |                             |                                   | 2:3   | the scenario "it greets" has no steps |
      | A mistyped step             | Scenario: it greets     | When I run "/program greet" | Thn the stdout equals "good day"  | 4:7   | Thn                                  |
      | A step mistyped first       | Scenario: it greets     | Wen I run "/program greet"  |                                   | 3:7   | "Wen" is not a keyword               |
      | A mistyped scenario         | Scenari: it greets      | When I run "/program greet" | Then the exit code is 0           | 2:3   | "Scenari:" is not a keyword          |
      | An outline without examples | Scenario Outline: greet | When I run "/program greet" | Then the exit code is 0           | 2:3   | has no row of examples               |

  Scenario: Scenarios, but none that the playbook asks for
    Given "hull" is proved by:
      """
        @wip
        Scenario: it greets
          When I run "/program greet"
          Then the exit code is 0
      """
    When I launch the fleet
    Then the exit code is 6
    And it points to "launch.yml:9:7"
    And it says "hull has no scenario that "not @wip" selects, so nothing could prove it"
    And nothing was built

  Scenario: A gate that no scenario can open
    Given a file "inventory/images/hull/image.yml":
      """
      gate: { require: ["@security"], min_scenarios: 3 }
      """
    When I launch the fleet
    Then the exit code is 6
    And it points to "launch.yml:9:7"
    And it says "hull cannot be proved here: no scenario is tagged @security"
    And it says "hull cannot be proved here: there are 1 scenarios, 3 are wanted"
    And nothing was built

  Scenario: All mistakes are told at once
    Given "hull" has no feature
    And "keel" is proved by:
      """
        Scenario: it sings
          When I sing
          Then the exit code is not a number
      """
    When I launch the fleet
    Then the exit code is 6
    And it points to "inventory/images/keel/features/keel.feature:3:5"
    And it points to "inventory/images/keel/features/keel.feature:4:5"
    And it points to "launch.yml:9:7"

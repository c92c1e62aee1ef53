@image:tide
Feature: The tides are told

  Scenario: It runs as an ordinary user on the tools
    Given the image under test
    Then the image entrypoint is ["/usr/local/bin/tide"]

  Scenario: All tides
    When I run "all" with the image entrypoint
    Then the exit code is 0
    And the stdout contains "high water at 04:12"
    And the stderr is empty

  Scenario: One kind of tide
    When I run "low" with the image entrypoint
    Then the exit code is 0
    And the output equals:
      """
      low water at 10:25
      low water at 22:51
      """

  Scenario: A mistake is refused
    When I run "ebb" with the image entrypoint
    Then the exit code is 64
    And the output matches "want high or low, found ebb"

@image:web-builder
Feature: The builder leaves a program behind

  Scenario: The program is there, and the cache of the compiler is not
    Given the image under test
    Then the file "/out/web" is executable by "other"
    And no file matches the glob "/root/.cache/go-build/*/*"

  Scenario: The program tells its flags
    When I run "/out/web -h"
    Then the output matches "-api"

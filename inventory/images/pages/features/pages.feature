@image:pages
Feature: The pages are all there is

  Scenario: Pages are whole
    Given the image under test
    Then the file "/pages/about.html" contains "<title>About the harbour</title>"
    And the file "/pages/style.css" exists

  Scenario: Nothing of what rendered them is left
    Given the image under test
    Then the file "/bin/sh" does not exist
    And the image has at most 1 layers

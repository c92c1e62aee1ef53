@image:tools
Feature: The scripts work on any base

  Scenario: They are installed over the base
    Given the image under test
    Then the file "/usr/local/bin/render" has mode "0755"

  Scenario: A fragment becomes a page
    When I run the shell script:
      """
      echo '<p>ahoy</p>' | render 'Quay 4'
      """
    Then the exit code is 0
    And the stdout contains "<title>Quay 4</title>"
    And the stdout contains "<p>ahoy</p>"

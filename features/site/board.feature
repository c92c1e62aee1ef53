@image:web
Feature: The deployed board tells what the api knows

  Background:
    Given the deployment under test

  Scenario: What runs is what was pushed
    Then the deployment under test runs the image under test

  Scenario: The services are there
    Then the deployment is available within "120s"
    And the service "api" answers "/health" on port 8080 with 200 within "60s"
    And the service "web" answers "/health" on port 8080 with 200 within "60s"

  Scenario: The board asks the api by its name
    Then the service "web" answers "/" on port 8080 with 200 within "60s"
    And the response body contains "{{ .board_title }}"
    And the response body contains "Aurora"

  Scenario: It stays up
    Then no container of the deployment restarts for "5s"

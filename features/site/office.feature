@image:api
Feature: The deployed api is the one that was pushed

  Scenario: It runs and answers
    Given the deployment under test
    Then the deployment under test runs the image under test
    And the service "api" answers "/ships" on port 8080 with 200 within "60s"

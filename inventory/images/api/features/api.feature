@image:api
Feature: The harbour office knows its ships

  Scenario: The image holds one program
    Given the image under test
    Then the file "/api" is executable by "other"
    And the file "/bin/sh" does not exist
    And the image has at most 1 layers
    And the image exposes port 8080/tcp
    And the image does not expose port 22/tcp

  Scenario: It lists the ships
    Given a running container
    When I GET "/ships" on port 8080 within "30s"
    Then the response status is 200
    And the response header "Content-Type" contains "application/json"
    And the response JSON path "ships.0.name" equals "Aurora"

  Scenario: It answers its probe and logs JSON
    Given a running container
    When I GET "{{ .health_path }}" on port 8080 within "30s"
    Then the response status is 200
    And the log contains "listening" within "10s"
    And the log lines are valid JSON

  Scenario: It refuses what it does not know
    Given a running container
    When port 8080 is open within "30s"
    Then "/cargo" on port 8080 returns 404
